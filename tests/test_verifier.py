"""The verifier: judgements on a small world whose rule is known, its policy, its guarantees."""

import pickle
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timing import spent

from agent_gym.reward.mutations import mutants, mutation_test
from agent_gym.reward.reward import Reward
from agent_gym.reward.rules import Guard
from agent_gym.reward.verifier import Verifier
from agent_gym.sample import sample_traces
from agent_gym.trace import Message, ToolCall, Trace

YES = ["Yes, do it.", "Sure, go ahead.", "Fine with me."]
NO = ["No, leave it.", "In that case no.", "Rather not."]
ASK = ["There is a charge of {fee}. Shall I go on?", "That costs {fee}. Do you want it?"]
DONE = ["It is closed now.", "I have closed it for you."]
KEPT = ["Nothing was changed.", "I left it as it is."]
NONE = ["Sorry, a locked record cannot be closed.", "I cannot close it, it is locked."]


def call(i, name, **arguments):
    return Message(
        role="assistant", tool_calls=[ToolCall(id=str(i), name=name, arguments=arguments)]
    )


def answer(i, name, **result):
    return Message(role="tool", tool_call_id=str(i), name=name, result=result)


def talk(n, *, looks=True, yes=True, locked=False, end="close", wrong_id=False):
    "A talk about closing a record: right is to look it up, to close it on a yes, to keep it on a no, and to refuse where it is locked."
    r = random.Random(f"talk/{n}")
    who, acc, fee = f"user{n}@mail.example", f"RX-{1000 + n}", f"{r.randint(3, 90)}.5"
    ms = [Message(role="user", content=f"Please close my record, I am {who}.")]
    if looks:
        ms += [
            call(1, "look", email=who),
            answer(1, "look", record=acc, fee=float(fee), state="locked" if locked else "open"),
        ]
    if end == "refuse":
        ms += [Message(role="assistant", content=r.choice(NONE))]
    else:
        ms += [
            Message(role="assistant", content=r.choice(ASK).format(fee=fee)),
            Message(role="user", content=r.choice(YES if yes else NO)),
        ]
        if end == "close":
            ms += [
                call(2, "close", record=f"RX-{7000 + n}" if wrong_id else acc),
                answer(2, "close", status="closed"),
            ]
        ms += [
            Message(role="assistant", content=r.choice(DONE if end in ("close", "claim") else KEPT))
        ]
    right = looks and not wrong_id and end == ("refuse" if locked else "close" if yes else "keep")
    return Trace(
        conversation_id=f"talk-{n}",
        messages=[*ms, Message(role="user", content=r.choice(["Thanks, bye.", "Okay, bye."]))],
        outcome="resolved" if right else "unresolved",
        satisfaction_score=4.0 if right else 2.0,
    )


def world(size, flip=0.0, seed=0):
    r, out = random.Random(f"world/{seed}"), []
    for n in range(size):
        locked, yes = r.random() < 0.3, r.random() < 0.6
        end = (
            ("refuse" if locked else "close" if yes else "keep")
            if r.random() < 0.5
            else r.choice(["refuse", "close", "keep", "claim"])
        )
        t = talk(seed * 100_000 + n, looks=r.random() < 0.8, yes=yes, locked=locked, end=end)
        out.append(
            t.model_copy(update={"outcome": "unresolved" if t.success else "resolved"})
            if r.random() < flip
            else t
        )
    return out


@pytest.fixture(scope="module")
def verifier():
    return Verifier(world(200, flip=0.05))


def test_accepts_what_is_right_and_rejects_what_is_not(verifier):
    fresh = world(300, seed=9)
    verdicts = [
        (
            verifier.judge(t.model_copy(update={"outcome": None, "satisfaction_score": None})),
            t.success,
        )
        for t in fresh
    ]
    passed = [ok for v, ok in verdicts if v.verdict == "pass"]
    assert sum(passed) / len(passed) >= 0.95
    assert sum(passed) / sum(bool(ok) for _, ok in verdicts) >= 0.7
    failed = [ok for v, ok in verdicts if v.verdict == "fail"]
    assert sum(failed) / len(failed) <= 0.05


def test_contributions_sum_to_the_score_and_scores_are_probabilities(verifier):
    for t in world(60, seed=3):
        v = verifier.judge(t)
        assert (
            0 <= v.score <= 1
            and abs(sum(p.contribution for p in v.parts) - v.score) < 1e-9
            and v.kind
            and v.reasons
        )


def test_a_logged_trace_never_vouches_for_itself():
    logs = world(120)
    odd = talk(5, end="claim").model_copy(update={"outcome": "resolved", "conversation_id": "odd"})
    with_it = Verifier([*logs, odd])
    assert with_it.judge(odd).verdict != "pass"
    assert (
        with_it.judge(odd.model_copy(update={"conversation_id": "copy"})).score
        == with_it.judge(odd).score
    )


def test_labels_of_the_judged_trace_do_not_matter(verifier):
    for t in world(20, seed=4):
        assert verifier.judge(t) == verifier.judge(
            t.model_copy(update={"outcome": None, "satisfaction_score": None})
        )


def test_mutants_are_not_accepted(verifier):
    good = [t for t in world(80, seed=5) if t.success]
    table = mutation_test(verifier, good, verifier.dialogue.schema.writes)
    assert len(table) >= 5 and table.caught.mean() >= 0.95


def test_laws_hold_whatever_else_speaks_for_it(verifier):
    "A value that successes never take from there is no success, however well the talk went, and a breach set by hand bites as much."
    assert verifier.opinion.support.origins["close", "record"] and verifier.ends.laws
    for n in range(90_100, 90_120):
        assert verifier.judge(talk(n, wrong_id=True)).verdict != "pass"
    banned = verifier.with_policy([Guard(("act", "close", ""), 9.0)])
    assert banned.judge(talk(90_003)).score < 0.1 and banned.judge(talk(90_003)).verdict == "fail"


def test_the_policy_is_read_disabled_edited_and_added_to(verifier):
    bare = talk(90_001, looks=False)
    assert verifier.judge(bare).verdict == "fail"
    off = verifier.with_policy(replace(g, enabled=False) for g in verifier.policy)
    assert off.judge(bare).score > verifier.judge(bare).score
    good = talk(90_002)
    strict = verifier.with_policy([Guard(("act", "close", ""), 9.0)])
    assert strict.judge(good).score < verifier.judge(good).score and any(
        g.weight == 9.0 for g in strict.policy
    )
    assert verifier.judge(good).verdict == "pass"
    assert all(g.text and g.broken >= 0 and g.counterexamples >= 0 for g in verifier.policy)


def test_what_an_act_would_break_is_known_before_it_is_done(verifier):
    good, bare = talk(90_003), talk(90_004, looks=False)
    assert not verifier.blocked(good.messages[:5], good.messages[5])
    assert verifier.blocked(bare.messages[:3], bare.messages[3].tool_calls[0])
    no = talk(90_005, yes=False)
    assert verifier.blocked(no.messages[:5], no.messages[5])
    assert verifier.blocked(good.messages[:1], "Hello") == []


def test_nothing_to_learn_from():
    plain = [t.model_copy(update={"outcome": None}) for t in world(10)]
    for logs in (
        [],
        plain,
        [talk(1)],
        [Trace(conversation_id="e", messages=[])],
        [talk(n).model_copy(update={"outcome": "resolved"}) for n in range(3)],
    ):
        v = Verifier(logs)
        assert (
            0 <= v.judge(talk(2)).score <= 1 and v.kinds is not None and isinstance(v.policy, list)
        )
    assert Verifier(plain).judge(talk(2)).verdict == "abstain"


def test_without_tools():
    logs = [
        Trace(
            conversation_id=str(n),
            messages=[
                Message(role="user", content="Are you open on Sunday?"),
                Message(role="assistant", content=["Yes, we are.", "Banana."][n % 2]),
                Message(role="user", content=["Great, bye", "What?"][n % 2]),
            ],
            outcome=["resolved", "failed"][n % 2],
        )
        for n in range(40)
    ]
    v = Verifier(logs)
    ask = [Message(role="user", content="Are you open on Sunday?")]
    assert (
        v.judge(
            Trace(
                conversation_id="x",
                messages=[
                    *ask,
                    Message(role="assistant", content="Yes, we are."),
                    Message(role="user", content="Great, bye"),
                ],
            )
        ).score
        > 0.5
    )
    assert (
        v.judge(
            Trace(
                conversation_id="y",
                messages=[
                    *ask,
                    Message(role="assistant", content="Banana."),
                    Message(role="user", content="What?"),
                ],
            )
        ).score
        < 0.5
    )


def test_same_result_every_time_and_after_pickling():
    logs, fresh = world(60), world(15, seed=6)
    a, b = Verifier(logs, seed=1), Verifier(logs, seed=1)
    c = pickle.loads(pickle.dumps(a))
    assert [a.judge(t) for t in fresh] == [b.judge(t) for t in fresh] == [c.judge(t) for t in fresh]


TEXT = st.text(max_size=60)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXT, v, max_size=3),
    max_leaves=8,
)
MESSAGE = st.one_of(
    st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=TEXT),
    st.builds(lambda n, a: call(1, n, x=a), st.sampled_from(["look", "close", "other"]), VALUE),
    st.builds(
        lambda n, v, bad: Message(role="tool", tool_call_id="1", name=n, result=v, is_error=bad),
        st.sampled_from(["look", "close"]),
        VALUE,
        st.booleans(),
    ),
)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(messages=st.lists(MESSAGE, max_size=8))
def test_any_conversation_can_be_judged_and_spoiled(verifier, messages):
    t = Trace(conversation_id="any", messages=messages)
    v = verifier.judge(t)
    assert 0 <= v.score <= 1 and v.verdict in ("pass", "fail", "abstain")
    verifier.blocked(messages, ToolCall(name="close", arguments={"record": "RX-1"}))
    for _, m in mutants(t, [talk(1), talk(2)], verifier.dialogue.schema.writes):
        verifier.judge(m)


def test_a_loop_never_passes(verifier):
    good = talk(90_010)
    many = good.model_copy(
        update={"messages": [*good.messages[:5], *good.messages[5:7] * 30, *good.messages[7:]]}
    )
    assert verifier.judge(many).verdict != "pass"


def test_long_text_is_judged_in_proportion(verifier):
    def judge(n):
        said = [
            Message(role="user", content="word " * n),
            Message(role="assistant", content="A1 " * (n // 2)),
        ]
        verifier.judge(Trace(conversation_id="long", messages=said))

    few = spent(lambda: judge(50_000))
    assert spent(lambda: judge(200_000)) < 10 * (few + 0.1)


def test_doing_less_than_any_success_earns_little_where_logs_hold_hardly_a_failure():
    logs = [t for t in sample_traces(120, 5) if any(m.tool_calls for m in t.messages)]
    good = [t for t in logs if t.success]
    logs = [*good, *[t for t in logs if t.success is False][:4]]
    reward = Reward(logs)
    idle = [
        t.model_copy(
            update={
                "messages": [
                    t.messages[0],
                    Message(role="assistant", content="Let me look into that for you."),
                ],
                "conversation_id": f"idle {i}",
            }
        )
        for i, t in enumerate(good)
    ]
    earned = [reward.episode(t) for t in idle]
    assert max(b.score for b in earned) < 0.3 and not any(b.verdict == "pass" for b in earned)
    assert sum(reward.episode(t).score for t in good) / len(good) > 0.7
