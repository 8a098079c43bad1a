"""The report card: every number computed again from raw records, and its claims held up to the sample world's truth."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from agent_gym.cli.app import app
from agent_gym.cli.measure import true_success
from agent_gym.factory import create_environment
from agent_gym.report import report
from agent_gym.report.card import headline
from agent_gym.report.sections import source_words
from agent_gym.sample import World, sample_traces
from agent_gym.sample.agent import ScriptedAgent
from agent_gym.sample.logs import true_world, world_of
from agent_gym.tools import logged_calls
from agent_gym.trace import Message, Trace, TraceSet, dumps

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def logs(shipped_logs):
    return shipped_logs


@pytest.fixture(scope="module")
def card(shipped_gym):
    return report(shipped_gym, n=18, progress=False)


def wilson(p: float, n: int) -> tuple[float, float]:
    z = 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def test_logs_are_counted_again(card, logs):
    n = card["logs"].numbers
    assert (n["conversations"], n["succeeded"], n["failed"]) == (
        len(logs),
        sum(t.success is True for t in logs),
        sum(t.success is False for t in logs),
    )
    assert n["calls"] == sum(len(m.tool_calls) for t in logs for m in t.messages)
    assert (
        dict(r[:2] for r in card["logs"].tables[0].rows)
        == pd.Series([c.name for t in logs for m in t.messages for c in m.tool_calls])
        .value_counts()
        .to_dict()
    )


def test_tools_are_computed_again_from_the_calls(card, logs):
    rows = pd.DataFrame([{s: getattr(r, s) for s in r.__slots__} for r in card.records.calls])
    n = card["tools"].numbers
    assert len(rows) == sum(1 for t in logs for _ in logged_calls(t)) == n["calls"]
    known = rows[rows.knowable]
    assert (
        n["equal"] == pytest.approx(rows.equal.mean())
        and n["equal_knowable"] == pytest.approx(known.equal.mean())
        and n["knowable"] == len(known)
    )
    assert (n["equal_knowable_low"], n["equal_knowable_high"]) == pytest.approx(
        wilson(known.equal.mean(), len(known))
    )
    by_tool = {r[0]: r[1] for r in card["tools"].tables[0].rows}
    assert (
        by_tool == rows.tool.value_counts().to_dict()
        and {r[0]: r[1] for r in card["tools"].tables[1].rows}
        == rows.source.map(source_words).value_counts().to_dict()
    )
    curve = card["tools"].curve
    assert sum(k for *_, k in curve) == len(rows) and sum(
        m * k for _, m, k in curve
    ) == pytest.approx(rows.equal.sum())
    assert n["calibration_error"] == pytest.approx(
        sum(abs(p - m) * k for p, m, k in curve) / len(rows)
    )


def test_grading_and_reward_are_computed_again(card, logs):
    rows = pd.DataFrame([{s: getattr(r, s) for s in r.__slots__} for r in card.records.grades])
    assert list(rows.conversation_id) == [t.conversation_id for t in logs] and list(rows.label) == [
        t.success for t in logs
    ]
    told, g, r = rows[rows.label.notna()], card["grading"].numbers, card["reward"].numbers
    passed, failed = told[told.verdict == "pass"], told[told.verdict == "fail"]
    assert g["precision_pass"] == pytest.approx(passed.label.astype(bool).mean()) and g[
        "precision_fail"
    ] == pytest.approx(1 - failed.label.astype(bool).mean())
    assert g["clear"] == pytest.approx(rows.verdict.isin(["pass", "fail"]).mean())
    good, bad = told[told.label == True].score, told[told.label == False].score  # noqa: E712
    area = sum((x > y) + 0.5 * (x == y) for x in good for y in bad) / (len(good) * len(bad))
    assert r["auc"] == pytest.approx(area) and r["gap"] == pytest.approx(
        abs(told.score.mean() - told.label.astype(float).mean())
    )
    rated = rows[rows.satisfaction.notna()]
    assert r["spearman"] == pytest.approx(
        rated.score.corr(rated.satisfaction.astype(float), method="spearman")
    )
    assert sum(row[1] + row[2] + row[3] for row in card["grading"].tables[0].rows) == len(rows)


def test_agents_and_users_are_computed_again(card):
    n = card["agents"].numbers
    for name, episodes in card.records.episodes.items():
        assert n[f"success: {name}"] == pytest.approx(
            sum(r.score for r in episodes) / len(episodes)
        )
    counts = pd.Series(
        {k: v for s in card.records.episodes.values() for r in s for k, v in r.sources.items()},
        dtype=float,
    )
    total = sum(sum(r.sources.values()) for s in card.records.episodes.values() for r in s)
    replay = sum(r.sources.get("replay", 0) for s in card.records.episodes.values() for r in s)
    assert len(counts) and n["off_log"] == pytest.approx(1 - replay / total)
    u = card["users"].numbers
    assert u["equal"] == pytest.approx(
        sum(r.equal for r in card.records.users) / len(card.records.users)
    ) and u["turns"] == len(card.records.users)


def truly_right(trace: Trace) -> bool:
    "How a logged conversation really went: its turns again, in the true world."
    found = world_of(trace)
    assert found is not None
    world = World(found.scenario.seed)
    world.open()
    for m in trace.messages[1:]:
        for c in m.tool_calls:
            world.call(c.name, c.arguments)
        if m.role == "assistant":
            world.customer.hear(m.content or "") if m.tool_calls else world.reply(m.content or "")
    return world.verdict().success


def test_claims_hold_against_the_truth(card, logs):
    truth = {t.conversation_id: truly_right(t) for t in logs}
    verdicts = [(g.verdict, truth[g.conversation_id]) for g in card.records.grades]
    for verdict, right in (("pass", True), ("fail", False)):
        mine = [t is right for v, t in verdicts if v == verdict]
        low = card["grading"].numbers[f"precision_{verdict}_low"]
        assert sum(mine) / len(mine) >= low - 0.05, (
            f"{verdict}: truly right in {sum(mine) / len(mine):.2f}, claimed at least {low:.2f}"
        )
    users = card["users"].numbers["equal"]
    assert users > 0.9


def interval(card, name, episodes):
    "The estimate of an agent again, from raw records: wide enough for an agent unlike the logged ones."
    scores = [r.score for r in episodes]
    mean, (bad, good) = (
        sum(scores) / len(scores),
        (
            pd.Series([g.score for g in card.records.grades if g.label is v]).mean()
            for v in (False, True)
        ),
    )
    share = min(1, max(0, (mean - bad) / (good - bad)))
    leaves = lambda rows: sum(1 for f in rows if f.new or not f.judged) / len(rows)
    covered, logged = card.records.coverage[name], card.records.logged_coverage
    unlike = max(0.0, leaves(covered) - leaves(logged))
    assert card["agents"].numbers[f"unlike the logs: {name}"] == pytest.approx(unlike)
    lows, highs = zip(wilson(mean, len(scores)), wilson(share, len(scores)))
    return mean, min(mean, min(lows) * (1 - unlike)), max(mean, max(highs) * (1 - unlike) + unlike)


class Graded:
    "The scripted agent at a skill, in words of its own where `words` is given."

    def __init__(self, skill: float, words: dict[str, str] | None = None):
        self.agent, self.words, self.name = (
            ScriptedAgent(skill, 1),
            words or {},
            f"{'reworded' if words else 'skill'} {skill}",
        )

    def act(self, messages, tools):
        said = self.agent.act(messages, tools)
        text = said.content or ""
        for known, new in self.words.items():
            text = text.replace(known, new)
        return (
            said if said.tool_calls or not self.words else said.model_copy(update={"content": text})
        )


OTHERWISE = {
    "Your subscription has been cancelled": "I went ahead and terminated the contract",
    "Could you tell me": "Would you mind sharing",
    "Happy to help.": "Gladly, I will look into it.",
    "please?": "if you would?",
    "Unfortunately": "Sadly it turns out that",
    "I'm afraid": "Regrettably",
    "Done,": "That is finished:",
    "costs": "comes to",
    "Shall I": "Would it be alright if I",
    "refunded": "paid back",
    "updated to": "changed over to",
}


class Riddles(Graded):
    "A flawless agent whose words nobody understands."

    def __init__(self):
        super().__init__(1.0)
        self.name = "riddles"

    def act(self, messages, tools):
        said = super().act(messages, tools)
        return (
            said
            if said.tool_calls
            else said.model_copy(
                update={
                    "content": f"Zephyr {len(messages)} quartz lantern, the orchard hums beneath marble"
                }
            )
        )


@pytest.mark.slow
def test_an_agent_unlike_the_logged_ones_is_named_and_words_of_their_own_do_not_make_one():
    seed = 3
    logs = TraceSet(sample_traces(200, seed))
    made = [Graded(1.0), Graded(0.3), Graded(1.0, OTHERWISE), Graded(0.3, OTHERWISE), Riddles()]
    card = report(
        create_environment(logs),
        agents=[(lambda learned, a=a: a) for a in made],
        n=60,
        progress=False,
    )
    section = card["agents"]
    bars = {name: (low, high) for name, _, low, high in section.intervals}
    for a in made:
        true = true_success(
            a,
            [logs[r.conversation_id] for r in card.records.episodes[a.name]],
            lambda t: true_world(t.conversation_id, seed),
        )
        low, high = bars[a.name]
        better = f"{a.name} does better than the logged agents" in section.sentence
        assert low - 0.06 <= true and (better or true <= high + 0.06), (a.name, true, bars[a.name])
    assert "skill 1.0 does better than the logged agents" in section.sentence
    named = {a.name for a in made if section.numbers[f"unlike the logs: {a.name}"] >= 0.15}
    assert named == {"riddles"} and "riddles does what few logs show" in section.sentence
    width = lambda n: bars[n][1] - bars[n][0]
    assert width("riddles") > 1.3 * width("skill 1.0")


def test_agents_that_the_card_ranks_rank_so_in_truth(card, logs):
    from agent_gym.agent import RetrievalAgent
    from agent_gym.report.records import silent
    from agent_gym.sample import evaluate

    half = logs[:70]
    true = {
        "retrieval": evaluate(RetrievalAgent(half), 60).success,
        silent.name: evaluate(silent, 60).success,
        "replay": sum(truly_right(t) for t in logs) / len(logs),
    }
    for better, worse, _ in card["agents"].tables[1].rows:
        d = card.records.episodes[better].compare(card.records.episodes[worse]).difference
        assert d.low <= 0 or true[better] > true[worse], (
            f"{better} over {worse} by {d}, in truth {true}"
        )
    assert {row[0]: row[1:] for row in card["agents"].intervals} == {
        n: pytest.approx(interval(card, n, s), abs=1e-6) for n, s in card.records.episodes.items()
    }
    assert (
        headline(card)["of the users' turns replay"]
        == f"{100 * card['users'].numbers['equal']:.0f} %"
    )


def test_a_card_in_every_form(card, tmp_path):
    text, html, data = (
        str(card),
        card.to_html(tmp_path / "card.html"),
        json.loads(dumps(card.to_dict())),
    )
    for s in card.sections:
        assert (
            s.sentence in text
            and data[s.name]["sentence"] == s.sentence
            and s.sentence.endswith((".", "%"))
        )
    assert (
        (tmp_path / "card.html").read_text("utf-8") == html
        and "<script" not in html
        and "src=" not in html
        and card._repr_html_()
    )
    with pytest.raises(KeyError, match="there are logs"):
        card["nonsense"]


def test_held_out_logs_are_measured_and_not_learned(logs):
    gym = create_environment(logs[:60])
    held = report(gym, logs[60:90], n=5, progress=False)
    assert (
        {g.conversation_id for g in held.records.grades}
        == {t.conversation_id for t in logs[60:90]}
        == {c.conversation_id for c in held.records.calls}
        | {t.conversation_id for t in logs[60:90] if not list(t.calls())}
    )
    assert held.records.learned == 60 and held["logs"].numbers["conversations"] == 30


@pytest.mark.parametrize(
    "traces",
    [
        [
            Trace(
                conversation_id="a",
                messages=[
                    Message(role="user", content="<b>Hi</b>"),
                    Message(role="assistant", content="Hello"),
                ],
            )
        ],
        [
            Trace(
                conversation_id=f"{i}",
                messages=[
                    Message(role="user", content="Hi"),
                    Message(role="assistant", content="Hello"),
                    Message(role="user", content="Bye"),
                ],
                outcome="resolved",
            )
            for i in range(4)
        ],
    ],
    ids=["one without a label", "no tools"],
)
def test_a_card_of_hardly_anything_says_so(traces):
    card = report(create_environment(TraceSet(traces)), n=2, progress=False)
    assert (
        "no tool calls" in card["tools"].sentence
        and card.to_html()
        and json.dumps(card.to_dict())
        and "<b>Hi" not in card.to_html()
    )


def test_the_commands(tmp_path, monkeypatch, logs):
    monkeypatch.chdir(tmp_path)
    src = logs[:50].to_jsonl(tmp_path / "logs.jsonl")
    done = CliRunner().invoke(
        app, ["report", str(src), "-n", "6", "--out", "card.html", "--json", "card.json"]
    )
    assert (
        done.exit_code == 0
        and "How true the tools are" in done.output
        and Path("card.html").exists()
        and json.loads(Path("card.json").read_text())["tools"]
    ), done.output
    agent = ["--agent", "agent_gym.report.records:silent", "-n", "5"]
    assert CliRunner().invoke(app, ["retry", str(src), *agent]).exit_code == 0
    assert CliRunner().invoke(app, ["retry", str(src), *agent, "--min", "1"]).exit_code == 1
    for bad in ("nonsense", "agent_gym.report.records:nothing", "no_such_module:x"):
        failed = CliRunner().invoke(app, ["retry", str(src), "--agent", bad])
        assert failed.exit_code == 1 and "error:" in failed.stderr
