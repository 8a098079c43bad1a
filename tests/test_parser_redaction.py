"""Redaction: found and left alone on a set of values from twelve countries; the same person stays the same; every text of a trace is covered."""

import json
import pickle
import re
from collections import Counter
from pathlib import Path

import pytest
from redaction_set import HARMLESS, HARMLESS_FIELDS, value_set

from agent_gym.parser import load_traces
from agent_gym.parser.numbers import HAS_IDS, HAS_PHONES
from agent_gym.parser.people import HAS_NAMES
from agent_gym.parser.redact import KINDS, Redactor, report

RECALL, FALSE_POSITIVES = 0.95, 0.02
LEAST = {"name": 0.9}  # the hardest kind
PARTICLES = ("van", "den", "von", "der")


def redacted(conversation, redactor):
    return load_traces([conversation], redact=redactor, progress=False)[0]


def leaks(kind, value, said):
    words = re.findall(r"[^\W_]+", value)
    return value in said or (
        kind == "name" and any(len(w) > 2 and w not in PARTICLES and w in said for w in words)
    )


@pytest.mark.skipif(not (HAS_PHONES and HAS_IDS), reason="needs the extra redact")
def test_values_of_people_are_found():
    redactor, found, all_ = Redactor(secret="test"), Counter(), Counter()
    for kind, _, value, conversation in value_set():
        said = json.dumps(redacted(conversation, redactor).to_dict(), ensure_ascii=False)
        all_[kind] += 1
        found[kind] += not leaks(kind, value, said)
    assert all_.total() == 300
    assert found.total() / all_.total() >= RECALL
    assert {k: found[k] / all_[k] >= LEAST.get(k, 0.9) for k in all_} == dict.fromkeys(all_, True)


def test_what_identifies_nobody_is_left_alone():
    redactor, wrong = Redactor(secret="test"), []
    for n, text in enumerate(HARMLESS):
        said = redacted(
            {
                "conversation_id": f"h{n}",
                "messages": [
                    {"role": "user", "content": text},
                    {"role": "assistant", "content": text},
                ],
            },
            redactor,
        )
        wrong += (
            [text] if said.messages[0].content != text or said.messages[1].content != text else []
        )
    for n, value in enumerate(HARMLESS_FIELDS):
        asked = [
            {"role": "user", "content": "?"},
            {"role": "assistant", "tool_calls": [{"id": "c", "name": "f", "arguments": {}}]},
        ]
        said = redacted(
            {
                "conversation_id": f"f{n}",
                "messages": [
                    *asked,
                    {"role": "tool", "tool_call_id": "c", "name": "f", "result": value},
                ],
            },
            redactor,
        )
        wrong += [value] if said.messages[2].result != value else []
    assert len(wrong) / (len(HARMLESS) + len(HARMLESS_FIELDS)) <= FALSE_POSITIVES, wrong


HERE = Path(__file__).parent / "redaction"
# share of the values found, and of the harmless texts touched (nearly all of these are brands and
# places that are called like people): set -> (all values, names, harmless)
MEASURED = {"dev": (0.95, 0.88, 0.05), "held": (0.84, 0.73, 0.12)}


def conversation(n, place, text):
    """A short conversation with `text` where `place` says."""
    said = [
        {"role": "assistant", "content": "How can I help?"},
        {"role": "user", "content": text if place == "u" else "I have a question."},
    ]
    if place == "a":
        said.append({"role": "assistant", "content": text})
    if place.startswith("q="):
        said.append({"role": "assistant", "content": place[2:]})
        said.append({"role": "user", "content": text})
    arguments = {place[4:]: text} if place.startswith("arg=") else {}
    result = {"record": {place[4:]: text}} if place.startswith("res=") else {"ok": True}
    result = text if place == "txt" else json.loads(text) if place == "res" else result
    call = {"id": "c1", "name": "find", "arguments": arguments}
    said.append({"role": "assistant", "content": None, "tool_calls": [call]})
    said.append({"role": "tool", "name": "find", "tool_call_id": "c1", "result": result})
    return {"conversation_id": f"v{n}", "messages": said}


def lines(name):
    return [
        line.replace("\\n", "\n") for line in (HERE / name).read_text("utf-8").splitlines() if line
    ]


@pytest.mark.skipif(not (HAS_PHONES and HAS_IDS and HAS_NAMES), reason="needs the extra redact")
@pytest.mark.parametrize("name", ["dev", "held"])
def test_fresh_values_are_found_and_fresh_texts_left_alone(name):
    redactor, found, all_ = Redactor(secret="test"), Counter(), Counter()
    for n, line in enumerate(lines(f"values_{name}.txt")):
        _, kind, place, rest = line.split("|", 3)
        text, value = rest.rsplit("|", 1)
        trace = redacted(conversation(n, place, text.replace("{}", value)), redactor)
        said = json.dumps(trace.to_dict(), ensure_ascii=False).replace("\\n", "\n")
        all_[kind] += 1
        found[kind] += not leaks(kind, value, said)
    touched, texts = 0, lines(f"harmless_{name}.txt")
    for n, (place, text) in enumerate(line.split("|", 1) for line in texts):
        made = conversation(n, place, text)
        plain = load_traces([made], progress=False)[0]
        touched += redacted(made, redactor).messages != plain.messages
    values, names, harmless = MEASURED[name]
    assert all_.total() >= 300
    assert found.total() / all_.total() >= values, found
    assert found["name"] / all_["name"] >= names
    assert touched / len(texts) <= harmless


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "+44 20 7946 0958", "020 7946 0958"),
        ("address", "12 Oak St", "12  oak Street"),
        ("email", "Ana@Shop.com", "ana@shop.com"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("national_id", "536-22-8145", "536 22 8145"),
    ],
)
def test_the_same_value_spelled_otherwise_stays_the_same(kind, one, other):
    r = Redactor(secret="s")
    first, second = r.pseudonyms.make(kind, one), r.pseudonyms.make(kind, other)
    bare = [re.findall(r"[^\W_]+", t.lower()) for t in (first, second)]
    if kind == "address":
        assert bare[0][:2] == bare[1][:2]
    else:
        assert "".join(bare[0])[-9:] == "".join(bare[1])[-9:]
    assert first != one


PERSON = {
    "conversation_id": "case of Mira Solberg",
    "outcome": "told Mira Solberg",
    "messages": [
        {"role": "assistant", "content": "May I have your name?"},
        {"role": "user", "content": "Mira Solberg", "name": "Mira Solberg"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call for Mira Solberg",
                    "name": "find_Mira Solberg",
                    "arguments": {"Mira Solberg": "MIRA  SOLBERG"},
                }
            ],
        },
        {
            "role": "tool",
            "name": "find_Mira Solberg",
            "tool_call_id": "call for Mira Solberg",
            "content": "mira_solberg_22",
            "result": {"user_id": "mira_solberg_22"},
            "is_error": False,
        },
        {
            "role": "assistant",
            "content": "Thank you, Mira.\nMs. Solberg is known.",
            "metadata": {"about": ["Mira"]},
        },
    ],
    "metadata": {"note": "Mira Solberg called"},
}


def test_every_text_of_a_trace_is_covered_and_links_hold():
    trace = redacted(PERSON, Redactor())
    said = json.dumps(trace.to_dict())
    assert "mira" not in said.lower()
    assert "solberg" not in said.lower()
    [(_, call, answer)] = trace.calls()
    assert trace.messages[answer].tool_call_id == call.id
    assert trace.messages[answer].name == call.name
    first = trace.messages[1].content.split()[0]
    assert first in trace.messages[4].content
    assert first in trace.metadata["note"]


def test_the_record_of_an_error_is_covered():
    bad = {
        "conversation_id": "x",
        "messages": [{"role": "ana@shop.example.com", "content": "ana@shop.example.com"}],
    }
    errors = load_traces([PERSON, bad], on_error="collect", redact=True, progress=False).errors
    assert len(errors) == 1
    assert "ana@shop" not in str(errors[0])
    assert "ana@shop" not in json.dumps(errors[0].record)


def test_the_secret_is_drawn_at_random_unless_given():
    texts = {Redactor().text("ana@shop.com") for _ in range(5)}
    assert len(texts) == 5
    assert Redactor(secret="a").text("ana@shop.com") == Redactor(secret="a").text("ana@shop.com")
    r = Redactor()
    assert pickle.loads(pickle.dumps(r)).text("ana@shop.com") == r.text("ana@shop.com")


def test_patterns_of_ones_own_come_first_and_unknown_kinds_are_named():
    r = Redactor(["email"], {"crew": r"crew-[a-z]+"}, secret="s")
    said = r.text("crew-ana@shop.com, +44 20 7946 0958")
    assert said.endswith(", +44 20 7946 0958")
    assert "crew-ana" not in said
    with pytest.raises(ValueError, match="birth_date"):
        Redactor(["names"])


def test_without_the_libraries_the_notes_say_what_was_not_looked_for(monkeypatch):
    monkeypatch.setattr("agent_gym.parser.redact.HAS_PHONES", False)
    assert any("agent-gym[redact]" in line for line in report(Redactor()))
    assert not any("agent-gym[redact]" in line for line in report(Redactor(["email"])))


@pytest.mark.parametrize(
    "piece",
    [
        "12-",
        "Aa ",
        "my name is Aa ",
        "I live at 1 ",
        "12 Oak ",
        "名前は東東",
        "a@b.",
        "+1 ",
        "DE12 3456 ",
    ],
)
def test_hostile_texts_come_out_with_their_length_in_proportion(piece):
    text = piece * 2000
    trace = redacted(
        {
            "conversation_id": "a",
            "messages": [
                {
                    "role": "assistant",
                    "content": "your name, address, date of birth, passport, phone?",
                },
                {"role": "user", "content": text},
            ],
        },
        Redactor(secret="s"),
    )
    assert len(trace.messages[1].content) < 40 * len(text)
    assert set(KINDS) >= {"name", "address"}
