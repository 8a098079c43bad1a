"""The clinic of tools/worlds: a truth for measuring that the package never sees, so it has to be right by itself."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import agent_gym as ag
from agent_gym.trace import Message

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from worlds import callers, clinic, desk, hire, play  # noqa: E402

NEW = 70_000_000


def rate(agent, n=100, start=NEW):
    won = 0
    for k in range(n):
        scene = callers.Clinic(start + k)
        play(scene, agent, clinic.TOOLS, 25)
        won += scene.verdict().success
    return won / n


@pytest.fixture(scope="module")
def logs():
    return {
        level: desk.make_logs(300, noise, seed=0) for level, noise in (("low", 0.3), ("high", 0.6))
    }


def test_the_oracle_is_right_with_every_caller_in_logged_and_in_new_words():
    assert rate(desk.Clerk()) == 1 and rate(desk.Clerk(seed=3, other=True)) == 1


def test_new_words_occur_in_no_log():
    assert (
        not {s for texts in desk.SAY.values() for s in texts}
        & {s for texts in desk.OTHER.values() for s in texts}
        and desk.SAY.keys() == desk.OTHER.keys()
    )


class Says:
    def __init__(self, text):
        self.text = text

    def act(self, messages, tools):
        return Message(role="assistant", content=self.text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hm.",
        "All done, goodbye!",
        "I'll hand you to a colleague.",
        "Then everything stays as it is.",
        "You are booked for 2026-03-05 at 10:40, or moved, or cancelled.",
        "Sorry, I cannot: identity, a valid referral, the guardian, 24 hours' notice, an open balance.",
        "Shall I cancel it, book 10:40 or put you on the waiting list?",
    ],
)
def test_one_sentence_earns_nothing(text):
    assert rate(Says(text), 60) == 0


def test_random_steps_and_dropped_rules_cost():
    assert rate(desk.Clerk(slips=1.0)) == 0
    assert all(rate(desk.Clerk(faults=frozenset([f])), 60) < 1 for f in desk.FAULTS)


def test_logs_are_as_noisy_as_they_say(logs):
    success = {level: sum(l.verdict.success for l in made) / 300 for level, made in logs.items()}
    assert 0.35 <= success["low"] <= 0.6 and 0.12 <= success["high"] <= 0.3
    for made in logs.values():
        assert 5 <= sum((l.trace.outcome == "resolved") != l.verdict.success for l in made) <= 27
        assert {l.trace.outcome for l in made} == {"resolved", "unresolved", "escalated"} and len(
            {l.verdict.kind for l in made}
        ) == len(clinic.KINDS)


def test_logs_load_and_hold_no_truth(logs):
    records = [l.trace.to_dict() for l in logs["high"]]
    assert list(ag.load_traces(records, progress=False)) == [l.trace for l in logs["high"]]
    text = json.dumps(records)
    assert not any(
        word in text for word in ("not_agreed", "stranger", "violation", "verdict", "any_row")
    )


def test_logged_answers_come_from_the_backend(logs):
    for l in logs["low"][:60]:
        scene = callers.Clinic(l.number)
        assert scene.open() == l.trace.messages[0].content
        for _, call, answer in l.trace.calls():
            assert answer is not None and scene.call(call.name, call.arguments) == (
                l.trace.messages[answer].result,
                l.trace.messages[answer].is_error,
            )


def test_logs_do_not_depend_on_the_process():
    code = "import sys; sys.path.insert(0, 'tools'); from worlds import desk; print([(l.trace.model_dump_json(), l.verdict) for l in desk.make_logs(25, seed=4)])"
    one, other = (
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": h},
        ).stdout
        for h in "07"
    )
    assert one == other and one.count(b"desk-4-") == 25


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.text(max_size=60),
    st.sampled_from([t.name for t in clinic.TOOLS] + ["no_such_tool"]),
    st.dictionaries(
        st.sampled_from(["patient_id", "slot_id", "page", "reason", "appointment_id", "x"]),
        st.one_of(
            st.none(), st.integers(), st.text(max_size=12), st.lists(st.integers(), max_size=2)
        ),
    ),
)
def test_any_words_and_calls_are_answered(number, text, tool, arguments):
    scene = callers.Clinic(number)
    assert scene.open() and scene.reply(text)
    _, is_error = scene.call(tool, arguments)
    assert (
        is_error
        and scene.request.registry.changes(scene.before) == []
        and 1 <= scene.verdict().satisfaction <= 5
    )


def test_a_write_too_many_or_too_early_is_no_success():
    kinds, talks = set(), 0
    for k in range(400):
        scene = callers.Clinic(NEW + k)
        if scene.request.ending != "done" or random.Random(k).random() < 0.5:
            continue
        early = callers.Clinic(NEW + k)
        for w in [
            c
            for m in play(scene, desk.Clerk(), clinic.TOOLS)
            for c in m.tool_calls
            if c.name in clinic.WRITES
        ]:
            early.call(w.name, w.arguments)
        assert (
            scene.verdict().success
            and "identity" in early.verdict().violations
            and not early.verdict().success
        )
        scene.call(
            "join_waiting_list",
            {
                "patient_id": scene.request.patient,
                "department": "cardiology",
                "date": clinic.DAYS[0],
            },
        )
        assert not scene.verdict().success
        kinds.add(scene.verdict().kind)
        talks += 1
    assert talks > 50 and len(kinds) >= 8


def test_nothing_of_the_clinic_is_in_the_package():
    words = [
        "referral",
        "waiting_list",
        "patient",
        *clinic.DOCTORS,
        *(d for ds in clinic.DOCTORS.values() for d in ds),
    ]
    text = "\n".join(p.read_text("utf-8") for p in (ROOT / "agent_gym").rglob("*.py")).lower()
    assert [w for w in words if w.lower() in text] == []


def test_the_hire_desk_is_right_with_everybody_in_logged_and_in_new_words():
    for other in (False, True):
        for k in range(60):
            scene = hire.Caller(NEW + k)
            play(scene, hire.Clerk(other=other), hire.TOOLS)
            assert scene.verdict().success, (k, other, scene.verdict())


def test_hire_logs_repeat_and_their_clerks_fail_at_times():
    a, b = (hire.make_logs(60, 0.6, seed=3) for _ in range(2))
    assert [x.trace for x in a] == [x.trace for x in b]
    assert 0 < sum(x.verdict.success for x in a) < 40
    assert any(len(hire.Caller(x.number).wishes) > 1 for x in a)


def test_who_writes_without_the_pin_or_a_yes_breaks_a_rule():
    for fault in ("skip_pin", "skip_offer"):
        broken = 0
        for k in range(40):
            scene = hire.Caller(NEW + k)
            play(scene, hire.Clerk(faults=frozenset({fault})), hire.TOOLS)
            broken += bool(scene.verdict().violations)
        assert broken > 5, fault
