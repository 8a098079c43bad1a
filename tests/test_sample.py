"""The sample world: a truth that tests can lean on, and example logs that it makes again byte for byte."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_gym.sample import (
    ScriptedAgent,
    World,
    evaluate,
    play,
    sample_traces,
    true_world,
    write_logs,
)
from agent_gym.trace import Message, Trace

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"


@pytest.fixture(scope="module")
def traces():
    return sample_traces()


def test_committed_logs_are_made_again_byte_for_byte(tmp_path):
    for made in write_logs(tmp_path):
        committed = DATA / made.relative_to(tmp_path)
        assert committed.read_bytes() == made.read_bytes(), (
            f"{committed} differs; run: agent-gym sample data"
        )


def test_logs_do_not_depend_on_the_process(tmp_path):
    code = "import sys; from agent_gym.sample import write_logs; write_logs(sys.argv[1], 40)"
    for hash_seed in ("0", "7"):
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / hash_seed)],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "0", "LC_ALL": "C"},
        )
    one, other = (sorted(p for p in (tmp_path / h).rglob("*") if p.is_file()) for h in ("0", "7"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in other] and len(one) == 8


def test_raw_files_are_small_and_hold_no_truth():
    files = [p for p in (DATA / "raw").rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 3_000_000 and len({p.suffix for p in files}) >= 3
    for p in [*files, *(DATA / "processed").iterdir()]:
        assert not any(
            word in p.read_text("utf-8")
            for word in ("violation", "impostor", "fee_not_named", '"seed"', "right_state")
        ), p


def test_processed_logs_are_the_users_schema(traces):
    records = [
        json.loads(line)
        for line in (DATA / "processed" / "traces.jsonl").read_text("utf-8").splitlines()
    ]
    assert [Trace.model_validate(r) for r in records] == traces and len(records) == 300
    assert {r["outcome"] for r in records} == {"resolved", "unresolved", "escalated"} and records[
        0
    ]["conversation_id"] == "conv_001"


def test_logged_answers_are_the_true_backends(traces):
    for t in traces:
        world = true_world(t.conversation_id)
        assert world.open() == t.messages[0].content
        for _, call, answer in t.calls():
            assert answer is not None
            assert world.call(call.name, call.arguments) == (
                t.messages[answer].result,
                t.messages[answer].is_error,
            )


def test_about_one_label_in_twenty_is_wrong(traces):
    wrong = 0
    for k, t in enumerate(traces, 1):
        world = World(k)
        said = [m for m in t.messages if m.role != "system"]
        world.open()
        for m in said[1:]:
            for c in m.tool_calls:
                world.call(c.name, c.arguments)
            if m.role == "assistant":
                world.customer.hear(m.content or "") if m.tool_calls else world.reply(
                    m.content or ""
                )
        wrong += (world.verdict().outcome == "resolved") != (t.outcome == "resolved")
    assert 5 <= wrong <= 27


def test_skill_shows():
    flawless = evaluate(ScriptedAgent(1.0), 400, seed=3)
    assert flawless.success == 1 and flawless.violated == 0 and flawless.satisfaction > 4.5
    rates = [evaluate(ScriptedAgent(s), 200, seed=3) for s in (0.8, 0.5, 0.2)]
    assert [r.success for r in rates] == sorted((r.success for r in rates), reverse=True) and rates[
        -1
    ].violated > 0.08
    assert flawless.satisfaction > max(r.satisfaction for r in rates)


class Says:
    def __init__(self, text: str):
        self.text = text

    def act(self, messages, tools):
        return Message(role="assistant", content=self.text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Done, I've cancelled your subscription.",
        "Unfortunately that is not possible, I cannot verify your identity.",
        "Let me transfer you to a colleague.",
        "Everything stays as it is, nothing changed.",
    ],
)
def test_one_repeated_sentence_earns_nothing(text):
    assert evaluate(Says(text), 150).success == 0


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.text(max_size=80),
    st.sampled_from(["lookup_account", "issue_refund", "cancel_subscription", "no_such_tool"]),
    st.dictionaries(
        st.sampled_from(["user_id", "invoice_id", "amount", "subscription_id", "x"]),
        st.one_of(
            st.none(),
            st.integers(),
            st.floats(allow_nan=False),
            st.text(max_size=20),
            st.lists(st.integers(), max_size=2),
        ),
    ),
)
def test_any_words_and_calls_are_answered(seed, text, tool, arguments):
    world = World(seed)
    before = world.scenario.backend.snapshot()
    assert world.open()
    _, is_error = world.call(tool, arguments)
    assert not is_error or world.scenario.backend.snapshot() == before
    words = world.reply(text)
    assert words is not None and (not world.customer.left or world.reply(text) is None)
    verdict = world.verdict()
    assert 1 <= verdict.satisfaction <= 5 and pickle.loads(pickle.dumps(world)).verdict() == verdict


def test_a_talk_is_the_same_again():
    one, other = play(ScriptedAgent(0.4, seed=5), 77), play(ScriptedAgent(0.4, seed=5), 77)
    assert one == other and one[0].messages[-1].role == "user"


def test_agents_learn_from_what_the_verifier_believes():
    "Rooms meet here: the offline agent reads how likely each log was a success."
    from agent_gym.agent import RetrievalAgent
    from agent_gym.reward import Verifier

    logs = sample_traces(40)
    assert (
        len(Verifier(logs).success) == 40
        and RetrievalAgent(logs).act([Message(role="user", content="Hello")], []).role
        == "assistant"
    )
