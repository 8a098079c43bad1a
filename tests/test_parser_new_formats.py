"""Formats that no fixture shows: what their records amount to, and that nothing they say is lost."""

import json
from functools import partial

import pytest
from new_formats import CASES

from agent_gym.parser import load_traces

LETTER = {"user": "u", "assistant": "a", "tool": "t", "system": "s"}
LEAST = 5


def seen(trace):
    calls = []
    for _, call, answer in trace.calls():
        m = trace.messages[answer] if answer is not None else None
        value = None if m is None else m.result if m.result is not None else m.content
        calls.append([call.name, call.arguments, value, bool(m and m.is_error)])
    return {
        "roles": "".join(LETTER[m.role] for m in trace.messages),
        "calls": calls,
        "texts": [
            m.content for m in trace.messages if m.role in ("user", "assistant") and m.content
        ],
        "success": trace.success,
        "satisfaction": trace.satisfaction_score,
        "id": trace.conversation_id,
        "task": trace.metadata.get("task_id"),
        "agent": trace.metadata.get("agent"),
    }


def loaded(tmp_path, name, body=None):
    file, text, options, _ = CASES[name]
    (tmp_path / file).write_text(text if body is None else body, "utf-8")
    return load_traces(tmp_path / file, progress=False, **options)


@pytest.mark.parametrize("name", CASES)
def test_a_record_of_the_format_comes_out_whole(tmp_path, name):
    traces, expected = loaded(tmp_path, name), CASES[name][3]
    assert len(traces) == len(expected)
    for trace, wanted in zip(traces, expected):
        got = seen(trace)
        assert {k: got[k] for k in wanted} == wanted


def values(body):
    "The JSON values of a file: of its lines, or of it as a whole; none of plain text."
    try:
        return [json.loads(body)]
    except ValueError:
        try:
            return [json.loads(line) for line in body.splitlines()]
        except ValueError:
            return []


def strings(value):
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            yield from strings(inner)
        else:
            yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def letters(text):
    return "".join(c for c in text if c.isalnum())


def told(traces):
    "All that the traces and the notes say, letters and digits only."
    whole = [t.to_dict() for t in traces]
    return letters(json.dumps(whole, ensure_ascii=False) + " ".join(map(str, traces.notes)))


STRUCTURE = {
    "a word that tells the kind of a record, a message or a part is understood, not kept": (
        ("user", "assistant", "human", "model", "agent", "customer", "system", "message", "action")
        + (
            "function_call",
            "function_call_output",
            "function",
            "tool_call",
            "tool_result",
            "tool_use",
        )
        + ("tool_calls", "tool_call_result", "tool_call_invocation", "reasoning", "summary_text")
        + (
            "response_item",
            "session_meta",
            "event_msg",
            "user_message",
            "agent_message",
            "CUSTOMER",
        )
        + ("session_started", "incoming", "outgoing", "INCOMING", "OUTGOING", "EndUser", "Agent")
        + ("custom_tool_call", "custom_tool_call_output", "output_text", "input_text", "step-start")
        + (
            "dynamic-tool",
            "output-available",
            "output-error",
            "MESSAGE",
            "AGENT",
            "SYSTEM",
            "CUSTOM_BOT",
        )
        + ("item.completed", "thread.started", "command_execution", "ModelInvocationLog", "success")
        + (
            "tool-find",
            "plain",
            "webhook",
            "result",
            "contact",
            "observation",
            "end-of-call-report",
            "completed",
            "CHAT_MODEL",
        )
    )
}
KNOWN = {letters(w) for words in STRUCTURE.values() for w in words}


def bare(text):
    "Text without the tags of HTML: they are structure."
    inside, out = False, []
    for c in text:
        inside = (inside or c == "<") and c != ">"
        out.append(" " if inside or c == ">" else c)
    return "".join(out)


def lost(body, traces):
    "The texts that the traces do not tell, neither whole nor word by word."
    said = told(traces)
    texts = {t for v in values(body) for s in strings(v) for t in bare(s).split("\n")}
    return sorted(
        t for t in texts if not (letters(t) in said or all(map(partial(known, said), t.split())))
    )


def known(said, word):
    pieces = "".join(c if c.isalnum() else " " for c in word).split()
    return letters(word) in KNOWN or all(
        sum(map(str.isalpha, p)) < LEAST or p in said or p in KNOWN for p in pieces
    )


@pytest.mark.parametrize("name", CASES)
def test_nothing_a_record_says_is_lost(tmp_path, name):
    assert lost(CASES[name][1], loaded(tmp_path, name)) == []


def marked(value, n, top=True):
    "The value with a field of its own in every object."
    if isinstance(value, list):
        return [marked(v, n, top) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: marked(v, n, False) for k, v in value.items()}
    n[0] += 1
    return {
        **out,
        f"zq{n[0]}note": f"marker{'abcdefghij'[n[0] // 10 % 10]}{'abcdefghij'[n[0] % 10]}end",
    }


REPEATED = (
    "bedrock invocation logs"  # a request repeats the one before: with other fields it is another
)


@pytest.mark.parametrize("name", [n for n in CASES if n != REPEATED])
def test_fields_that_nobody_knows_are_kept(tmp_path, name):
    _, body, _, expected = CASES[name]
    found = values(body)
    if not found:
        pytest.skip("plain text")
    n = [0]
    made = [json.dumps(marked(v, n)) for v in found]
    traces = loaded(tmp_path, name, "\n".join(made))
    assert [seen(t)["roles"] for t in traces] == [w["roles"] for w in expected]
    assert lost("\n".join(made), traces) == []
