"""Rules that people write and labels that they give: hostile rules, hostile files, what travels with a gym, and what counts more."""

import json
import pickle
import random

import pytest

import agent_gym as ag
from agent_gym.reward.annotations import OUTCOME, agree, consensus, label_queue
from agent_gym.reward.source import run_source
from agent_gym.reward.view import ENDINGS, polarity, view
from agent_gym.sample import sample_traces
from agent_gym.trace import AgentGymError, Message, ToolCall, Trace

WRITES = ["cancel_subscription", "issue_refund"]


@pytest.fixture(scope="module")
def logs():
    return sample_traces(40, 11)


def careful():
    policy = ag.Policy(writes=WRITES)

    @policy.forbid("writes only after identity was verified")
    def unverified(c):
        return [w for w in c.attempts if not c.called("verify_identity", before=w)]

    return policy


def hostile(kind):
    def spins(c):
        while c:
            c.writes

    def recurs(c):
        return recurs(c)

    def leaves(c):
        raise SystemExit

    def raises(c):
        class Odd(BaseException):
            pass

        raise Odd

    def spoils(c):
        for call in c.calls:
            call.arguments.clear()
            if isinstance(call.result, dict):
                call.result.clear()

    return {f.__name__: f for f in (spins, recurs, leaves, raises, spoils)}[kind]


@pytest.mark.parametrize("kind", ["spins", "recurs", "leaves", "raises"])
@pytest.mark.parametrize("sort", ["forbid", "require", "ending"])
def test_a_hostile_rule_is_bounded_and_located(kind, sort, logs):
    policy = careful()
    decorate = policy.ending("done") if sort == "ending" else getattr(policy, sort)("hostile")
    decorate(hostile(kind))
    trace = next(t for t in logs if any(True for _ in t.calls()))
    verdict, reason, _ = policy.judge(trace)
    assert verdict in (None, "fail")
    if verdict is None:
        assert kind in reason and trace.conversation_id in reason
    row = policy.check(logs[:5])[kind]
    assert len(row.failed) == 3 and row.applies == 0


def test_a_rule_cannot_change_the_trace(logs):
    trace = next(t for t in logs if any(True for _ in t.calls()))
    before = trace.model_dump_json()
    policy = ag.Policy(writes=WRITES)
    policy.forbid("spoils")(hostile("spoils"))
    policy.judge(trace)
    assert trace.model_dump_json() == before


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "from os import system",
        "import agent_gym.trace",
        "open('x', 'w')",
        "__import__('os')",
        "(1).__class__",
        "'{0.__class__}'.format(1)",
        "import re\nre.sys",
        "getattr(1, 'real')",
        "while True: pass",
        "(x for x in ()).gi_frame",
        "def f(): yield 1",
        "class A: pass",
        "try:\n    1\nexcept:\n    pass",
        "try:\n    1\nexcept BaseException:\n    pass",
        "x = 1\n" * 3 + "import subprocess",
        "import datetime\ndatetime.sys",
        "lambda: exec('1')\neval('1')",
        "\x00",
        "(" * 500,
    ],
)
def test_a_policy_file_may_do_nothing_but_rules(text, tmp_path):
    head = "import agent_gym as ag\npolicy = ag.Policy()\n"
    (tmp_path / "policy.py").write_text(head + text + "\n")
    with pytest.raises(AgentGymError):
        ag.Policy.load(tmp_path / "policy.py")


def test_what_rules_need_is_let_through():
    text = """
import re, math
from datetime import date, timedelta
LIMIT = 3
def late(d):
    return date(2024, 1, 31) - date.fromisoformat(d) > timedelta(days=LIMIT)
x = [late(f"2024-01-{i:02d}") for i in range(1, 32)]
y = re.search("a+", "baa")[0], math.floor(2.5), sorted({1, 2}), max([1, 2])
try:
    z = 1 / 0
except ZeroDivisionError:
    z = None
"""
    found = run_source(text, "rules.py")
    assert found["x"].count(True) == 27 and found["y"][0] == "aa" and found["z"] is None


def test_policies_survive_files_and_pickles(tmp_path, logs):
    policy = careful()
    loaded = ag.Policy.load(policy.save(tmp_path / "p.py"))
    copies = [loaded, pickle.loads(pickle.dumps(policy)), ag.Policy.from_source(loaded.source)]
    for copy in copies:
        assert [copy.judge(t) for t in logs] == [policy.judge(t) for t in logs]
    assert loaded.source == policy.source
    with pytest.raises(AgentGymError, match="source"):
        exec("def typed(c): pass\nq.forbid('x')(typed)", {"q": (q := ag.Policy())})
        q.save(tmp_path / "q.py")


def test_policies_and_labels_travel_with_the_gym(tmp_path, logs):
    labels = [{"conversation_id": logs[0].conversation_id, "verdict": "wrong", "by": "ann"}]
    gym = ag.create_environment(logs, policy=careful(), labels=labels)
    again = ag.load_gym(gym.save(tmp_path / "gym"))
    assert again.policy.source == gym.policy.source and again.labels == gym.labels
    assert json.loads((tmp_path / "gym" / "labels.jsonl").read_text())["by"] == "ann"
    for t in logs[:10]:
        assert again.reward_fn.episode(t).verdict == gym.reward_fn.episode(t).verdict
    broken = next(t for t in logs if gym.policy.judge(t).verdict == "fail")
    assert gym.reward_fn.episode(broken)["policy"].reason.endswith("identity was verified")
    (tmp_path / "gym" / "policy.py").write_text("import os\n")
    with pytest.raises(AgentGymError, match="imports os"):
        ag.load_gym(tmp_path / "gym")


def test_labels_of_no_conversation_are_noted(logs):
    gym = ag.create_environment(logs, labels=[{"conversation_id": "nowhere", "verdict": "right"}])
    assert any("nowhere" in n for n in gym.notes)


def test_people_outweigh_outcomes_and_coins_do_not():
    r = random.Random(7)
    truth = {f"c{i}": r.random() < 0.5 for i in range(60)}
    votes = {}
    for c, right in truth.items():
        votes[c] = {OUTCOME: right if r.random() < 0.7 else not right, "llm:coin": r.random() < 0.5}
        if r.random() < 0.6:
            votes[c]["ann"] = right
    chance, worth = consensus(votes)
    seen = [c for c in votes if "ann" in votes[c]]
    assert all((chance[c] > 0.5) == truth[c] for c in seen)
    assert worth["ann"].sensitivity > worth[OUTCOME].sensitivity > 0.5
    assert abs(worth["llm:coin"].sensitivity + worth["llm:coin"].specificity - 1) < 0.35
    assert consensus(votes) == consensus(dict(reversed(votes.items()))) or all(
        abs(chance[c] - consensus(dict(reversed(votes.items())))[0][c]) < 1e-9 for c in votes
    )


def test_odd_conversations_have_a_view():
    odd = [
        [],
        [Message(role="assistant", content="?")],
        [Message(role="tool", name="x", result={"a": 1})],
        [Message(role="user", content="\ud800 \u202e no")],
        [Message(role="assistant", tool_calls=[ToolCall(name="x", arguments={"a": [{}]})])],
        [Message(role="assistant", content="Done. " * 2000)],
    ]
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    odd.append(
        [
            Message(role="assistant", tool_calls=[ToolCall(id="1", name="x")]),
            Message(role="tool", name="x", tool_call_id="1", result={"deep": deep}),
        ]
    )
    for messages in odd:
        c = view(Trace(conversation_id="odd", messages=messages))
        assert c.ending in (None, *ENDINGS) and isinstance(c.values_told, tuple)
        assert c.value("none") is None and c.record("none") is None and c.told("x y z") is False
        assert c.user_said("(?:a)+") is None and repr(c)


@pytest.mark.parametrize(
    "text, yes",
    [
        ("Yes.", True),
        ("nein danke", False),
        ("はい", True),
        ("Oui, allez-y", True),
        ("No, I would rather not", False),
        ("My number is 12", None),
        ("", None),
    ],
)
def test_polarity(text, yes):
    assert polarity(text) is yes


def test_the_queue_is_spread_and_skips_what_is_labelled(logs):
    policy = careful()
    reward = ag.Reward(logs, policy=policy)
    talks = [(t, "old" if i % 2 else "new") for i, t in enumerate(logs)]
    queue = label_queue(reward.episode, talks, 6)
    agents = {t.conversation_id: a for t, a in talks}
    assert len({t.conversation_id for t in queue}) == 6
    assert {agents[t.conversation_id] for t in queue[:3]} == {"old", "new"}
    done = agree(logs, ag.Labels([ag.Label.of(queue[0], "right")]))
    rest = label_queue(reward.episode, talks, 40, lambda t: done.of(t) is not None)
    assert queue[0] not in rest and len(rest) == 39


def test_where_a_rule_applies_travels_with_it():
    policy = ag.Policy(writes=WRITES)

    def turned_away(c):
        return c.failed("verify_identity")

    @policy.ending("refuse", reason="nobody verified", when=turned_away)
    def impostor(c):
        return True

    again = ag.Policy.from_source(policy.source)
    assert again.source == policy.source and "def turned_away" in policy.source
