"""`compare`: which of two agents is better, on which tasks they part, and why."""

import random
from html.parser import HTMLParser
from math import comb

import pytest

import agent_gym as ag
from agent_gym.compare import AgentComparison, compare
from agent_gym.environment import EpisodeRecord, EpisodeSet
from agent_gym.explore import EpisodeExplorer
from agent_gym.reward import Part, RewardBreakdown
from agent_gym.trace import AgentGymError, Message, ToolCall, Trace, TraceSet

HOSTILE = "</script><script>pwn()</script><img src=x onerror=pwn()><style>*{}</style>\u202e\x1b[31m"


def made(task, good, agent="mini", says="Done.", asks=None, argument=1, named=True, n=0):
    asks = f"help with {task}" if asks is None else asks
    call = ToolCall(id="1", name="lookup", arguments={"id": argument})
    return Trace(
        conversation_id=f"{agent}-{task}-{n}",
        outcome={True: "resolved", False: "unresolved", None: None}[good],
        metadata={"agent": agent} | ({"task_id": task} if named else {}),
        messages=[
            Message(role="user", content=asks),
            Message(role="assistant", tool_calls=[call]),
            Message(role="tool", tool_call_id="1", name="lookup", result={"ok": True}),
            Message(role="assistant", content=says),
        ],
    )


def side(agent, goods, **more):
    return [made(i, g, agent, **more) for i, g in enumerate(goods)]


def test_flipped_tasks_come_first_with_mcnemars_exact_p():
    a, b = [True] * 3 + [False] * 9 + [True] * 8, [False] + [True] * 19
    found = ag.compare({"mini": side("mini", a), "large": side("large", b, argument=2)})
    flipped = [i for i in range(20) if a[i] != b[i]]
    assert [t.task for t in found.flipped] == list(map(str, flipped))
    assert [t.flipped for t in found.tasks] == [True] * 10 + [False] * 10
    assert (found.wins, found.losses, found.ties) == (1, 9, 10)
    assert found.p_value == pytest.approx(2 * sum(comb(10, k) for k in range(2)) / 2**10)
    assert found.difference.low <= found.difference.value <= found.difference.high < 0
    assert found.better == "large" and found.flipped[0].turn == 0
    assert found.flipped[0].why == "mini called lookup(id=1), large called lookup(id=2)."


def test_the_order_of_the_agents_only_turns_the_sign():
    rng = random.Random(0)
    for _ in range(20):
        a, b = ([rng.random() < 0.5 for _ in range(15)] for _ in range(2))
        x = compare({"a": side("a", a), "b": side("b", b)})
        y = compare({"b": side("b", b), "a": side("a", a)})
        assert x.p_value == y.p_value and x.difference.low == pytest.approx(-y.difference.high)
        assert -1 <= x.difference.low <= x.difference.value <= x.difference.high <= 1


def test_several_trials_count_each_task_once():
    a = [made(t, t == 0 or n == 0, "a", n=n) for t in range(3) for n in range(4)]
    b = [made(t, True, "b", n=n) for t in range(3) for n in range(2)]
    found = compare({"a": a, "b": b})
    assert found.test == "sign-flip test over tasks" and found.difference.n == 3
    assert [t.trials for t in found.tasks] == [(4, 2)] * 3
    assert found.flipped[0].difference == -0.75 and found.ties == 1
    left, right = found.flipped[0].traces
    assert left.success is False and right.success is True


def test_unequal_sets_keep_what_they_share():
    found = compare({"a": side("a", [True] * 9), "b": side("b", [False] * 4 + [None])})
    assert len(found.tasks) == 4 and found.alone == (5, 0) and found.undecided == (0, 1)
    for text in (found._repr_html_(), repr(found)):
        assert "Left out of a: 0 without a verdict, 5 without a partner." in text


def test_without_common_tasks_the_request_pairs_and_without_it_nothing_does():
    a = [made(i, True, "a", asks=f"Why  {i}?", named=False) for i in range(5)]
    b = [made(i, False, "b", asks=f"why {i}? ", named=False) for i in range(5)]
    found = compare({"a": a, "b": b})
    assert found.by == "request" and found.wins == 5
    c = [made(i, False, "c", asks=f"else {i}", named=False) for i in range(5)]
    found = compare({"a": a, "c": c})
    assert found.by == "nothing" and not found.tasks and "unpaired" in found.test
    assert found.p_value == pytest.approx(2 / comb(10, 5)) and found.difference.low > 0
    assert len(found.to_pandas()) == 0 and "different tasks" in repr(found)


def test_ids_of_conversations_are_no_tasks():
    same_id = {"conversation_id": "conv_001"}
    a = made(1, True, "a", asks="refund", named=False).model_copy(update=same_id)
    b = made(2, False, "b", asks="upgrade", named=False).model_copy(update=same_id)
    assert compare({"a": [a], "b": [b]}).by == "nothing"


def test_ties_show_no_difference():
    found = compare({"a": side("a", [True, False, True]), "b": side("b", [True, False, True])})
    assert found.p_value == 1 and found.better is None and not found.flipped
    assert found.difference.low < 0 < found.difference.high  # three tasks are few
    assert {t.why for t in found.tasks} == {"Both agents said and did the same."}
    assert {t.turn for t in found.tasks} == {None}


def test_reworded_replies_and_missing_calls_are_said():
    a, b = made(0, True, "a"), made(0, False, "b", says="Sorry.")
    why = compare({"a": [a], "b": [b]}).tasks[0].why
    assert why == "Both made the same tool calls; their words part at turn 2."
    silent = b.model_copy(update={"messages": [b.messages[0], b.messages[3]]})
    assert compare({"a": [a], "b": [silent]}).tasks[0].why == "Only a called lookup(id=1)."
    short = b.model_copy(update={"messages": a.messages[:1]})
    assert compare({"a": [short], "b": [a]}).tasks[0].turn == 0


class Judge:
    "A reward that passes whoever says Done, and says why not."

    def episode(self, trace):
        done = trace.messages[-1].content == "Done."
        reason = "" if done else "Fail: it never said that it was done."
        return RewardBreakdown(
            float(done), (Part("verdict", float(done), reason=reason),), "pass" if done else "fail"
        )


def test_a_reward_judges_and_gives_the_reason():
    a, b = side("a", [None] * 4), side("b", [None] * 4, says="Hm.")
    found = compare({"a": a, "b": b}, reward=Judge())
    assert found.wins == 4 and found.tasks[0].why == "b: Fail: it never said that it was done."


def test_the_part_that_took_most_away_says_why():
    class Rules:
        def episode(self, trace):
            good = trace.conversation_id.startswith("a")
            parts = [Part("verdict", 0.5, contribution=0.5, reason="Half of them succeed.")]
            parts += [Part("rule", 0.0, contribution=-0.4, reason="It never asked.")]
            return RewardBreakdown(0.1, tuple(parts), "pass" if good else "fail")

    found = compare({"a": side("a", [None]), "b": side("b", [None])}, reward=Rules())
    assert found.tasks[0].why == "b: It never asked."


def test_logs_against_episodes():
    logs = side("logged", [False, True, False])
    played = EpisodeSet(
        EpisodeRecord(i, t.conversation_id, t.task, 0, made(i, None), 0.9, "pass")
        for i, t in enumerate(logs)
    )
    found = compare({"logged": logs, "played": played})
    assert found.by == "task" and (found.wins, found.losses, found.ties) == (0, 2, 1)
    broken = [EpisodeRecord(0, "x", "0", 0, logs[0], 0.0, error="ValueError: no")]
    why = compare(
        {"logged": [logs[1].model_copy(update={"metadata": {"task_id": 0}})], "b": broken}
    )
    assert why.tasks[0].why == "b: The agent broke off: ValueError: no"


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ({"a": side("a", [True]), "b": []}, "'b' has no conversations"),
        ({"a": side("a", [True]), "b": [made(0, True), "text"]}, "item 1 of 'b' is a str"),
        ({"a": side("a", [True]), "b": side("b", [None])}, "'b' has a verdict"),
        ({"a": side("a", [True])}, "two named agents"),
        ({n: side(n, [True]) for n in "abc"}, "got 3"),
        (side("a", [True]), "got a list"),
        ({"a": 5, "b": []}, "item 0 of 'a' is a int"),
    ],
)
def test_errors_say_where(agents, words):
    with pytest.raises(AgentGymError, match=words):
        compare(agents)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.handlers = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.handlers += [k for k, _ in attrs if k.startswith("on")]


def test_hostile_texts_stay_text():
    def hostile(agent, good):
        t = made(HOSTILE, good, agent, asks=HOSTILE, argument=HOSTILE + agent)
        return t.model_copy(update={"outcome": t.outcome})

    found = compare({HOSTILE: [hostile("a", True)], "b": [hostile("b", False)]})
    plain = compare({"a": side("a", [True], argument=1), "b": side("b", [False], argument=2)})
    shown, usual = Tags(), Tags()
    shown.feed(found._repr_html_())
    usual.feed(plain._repr_html_())
    assert shown.tags == usual.tags and not shown.handlers
    assert "\x1b" not in found._repr_html_() and "\u202e" not in found._repr_html_()


def test_it_is_a_comparison_that_travels():
    import pickle

    found = compare({"a": side("a", [True, False]), "b": side("b", [False, False])})
    assert isinstance(found, ag.Comparison) and isinstance(found, AgentComparison)
    assert pickle.loads(pickle.dumps(found)) == found
    assert list(found.to_pandas().columns[:3]) == ["task", "a", "b"]
    assert repr(found) == str(found) and len(repr(found).splitlines()) == 2


def test_logged_agents_in_the_episode_explorer():
    logs = {n: TraceSet(side(n, [True, False])) for n in ("mini", "large")}
    named = EpisodeExplorer(logs, labels=None)
    read = EpisodeExplorer([t for s in logs.values() for t in s], labels=None)
    for x in (named, read):
        assert [r["f"]["agent"] for r in x.source.rows] == ["mini", "mini", "large", "large"]
        assert [r["f"]["verdict"] for r in x.source.rows] == ["pass", "fail"] * 2
        assert "lookup" in x.answer({"do": "get", "index": 3})["html"]
        assert x.filtered.to_pandas().success.tolist() == [True, False] * 2


def test_console(tmp_path):
    from typer.testing import CliRunner

    from agent_gym.cli.app import app
    from agent_gym.trace import loads

    paths = [str(tmp_path / f"{n}.jsonl") for n in ("mini", "large")]
    TraceSet(side("mini", [True, False, False])).to_jsonl(paths[0])
    TraceSet(side("large", [True, True, False], argument=2)).to_jsonl(paths[1])
    shown = CliRunner().invoke(app, ["compare", *paths], env={"COLUMNS": "80"})
    assert shown.exit_code == 0 and "1 better" not in shown.stdout
    assert max(map(len, shown.stdout.splitlines()[:-1])) <= 80
    last = shown.stdout.strip().splitlines()[-1]
    assert last.startswith("No difference between mini and large is shown on 3 common tasks")
    value = loads(CliRunner().invoke(app, ["compare", *paths, "--json"]).stdout)
    assert value["agents"] == ["mini", "large"] and value["tasks"][0]["task"] == "1"
    assert value["difference"]["value"] == pytest.approx(-1 / 3)
    same = CliRunner().invoke(app, ["compare", paths[0], paths[0], "--json"])
    assert loads(same.stdout)["agents"] == ["A", "B"]
    missing = CliRunner().invoke(app, ["compare", paths[0], str(tmp_path / "none.jsonl")])
    assert missing.exit_code == 1 and "none.jsonl" in missing.stderr


def test_logged_agents_are_a_facet_and_the_report_names_no_agent_none():
    from agent_gym.explore.rows import FACETS, facets_of, trace_row
    from agent_gym.report.records import grade_records

    logs = [*side("mini", [True]), *side("large", [True])]
    odd = made(0, True).model_copy(update={"metadata": {"agent": ["not", "a", "name"]}})
    rows = [trace_row(t) for t in (*logs, odd)]
    assert [r["f"]["agent"] for r in rows] == ["mini", "large", None]
    assert "agent" in [f["key"] for f in facets_of(rows, FACETS)]

    class World:
        def grade(self, trace):
            return RewardBreakdown(0.5)

    bare = made(0, True).model_copy(update={"metadata": {}})
    assert [g.agent for g in grade_records(World(), [logs[0], bare], "agent")] == ["mini", None]
