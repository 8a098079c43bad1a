"""No information vanishes: every text of five letters or more in a record is found again in its trace, or in a note."""

import json
import random
import re

import pytest

import agent_gym as ag
from agent_gym.parser.unread import unread

LETTERS = "abcdefghijklmnopqrstuvwxyz"
STRUCTURE = {
    "type",
    "role",
    "object",
    "kind",
    "from",
    "speaker",
    "Agent",
    "Action",
    "run_type",
    "sender",
    "dialogue",
    "event_type",
}


class Words:
    "Texts that occur once, so that each can be looked for."

    def __init__(self, seed):
        self.rng = random.Random(f"words/{seed}")

    def __call__(self):
        return "".join(self.rng.choices(LETTERS, k=9))

    def more(self, record):
        "The record with fields of its own at its top and in the objects inside it."

        def grown(v, depth):
            if isinstance(v, list):
                return [grown(x, depth + 1) for x in v]
            if not isinstance(v, dict) or depth > 3:
                return v
            out = {k: grown(x, depth + 1) for k, x in v.items()}
            if self.rng.random() < 0.5:
                out[f"x_{self()}"] = self.rng.choice(
                    [self(), {"deep": self()}, [self()], f"{self()} {self()}"]
                )
            return out

        return grown(record, 0)


def chat(w):
    return {
        "id": w(),
        "messages": [
            {"role": "user", "content": w()},
            {
                "role": "assistant",
                "content": w(),
                "tool_calls": [
                    {
                        "id": w(),
                        "type": "function",
                        "function": {"name": w(), "arguments": json.dumps({"a": w()})},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": w(), "content": json.dumps({"r": w()})},
        ],
    }


FORMATS = {
    "native": lambda w: {"conversation_id": w(), "outcome": w(), "messages": chat(w)["messages"]},
    "chat": chat,
    "anthropic": lambda w: {"system": w(), "messages": [{"role": "user", "content": [{"type": "text", "text": w()}]}, {"role": "assistant", "content": [{"type": "thinking", "thinking": w()}, {"type": "tool_use", "id": "t", "name": w(), "input": {"q": w()}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": w()}]}]},
    "gemini": lambda w: {"contents": [{"role": "user", "parts": [{"text": w()}]}, {"role": "model", "parts": [{"functionCall": {"name": w(), "args": {"q": w()}}}]}]},
    "responses": lambda w: {"object": "response", "id": w(), "input": [{"role": "user", "content": w()}], "output": [{"type": "function_call", "id": w(), "call_id": w(), "name": w(), "arguments": json.dumps({"a": w()})}, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": w()}]}]},
    "sharegpt": lambda w: {"conversations": [{"from": "human", "value": w()}, {"from": "gpt", "value": w()}], "tools": json.dumps([{"name": w()}])},
    "preferences": lambda w: {"prompt": w(), "chosen": w(), "rejected": w()},
    "exchange": lambda w: {"id": w(), "input": {"question": w()}, "output": w(), "expected": w()},
    "exchanges": lambda w: {"session_id": w(), "question": w(), "answer": w()},
    "session": lambda w: {"id": w(), "events": [{"author": "user", "content": {"parts": [{"text": w()}]}}, {"author": w(), "actions": {"state": w()}}]},
    "voice": lambda w: {"call_id": w(), "transcript": [{"role": "agent", "message": w(), "tool_calls": [{"tool_name": w(), "params_as_json": json.dumps({"a": w()})}], "tool_results": [{"tool_name": w(), "result_value": w()}]}], "analysis": {"summary": w()}},
    "rows": lambda w: {"thread_id": w(), "message": {"role": "user", "content": w()}},
    "langfuse": lambda w: {"trace": {"id": w(), "name": w(), "input": w(), "output": w()}, "observations": [{"id": w(), "type": "GENERATION", "name": w(), "model": w(), "input": [{"role": "user", "content": w()}], "output": w()}]},
    "langsmith": lambda w: {"id": w(), "run_type": "llm", "name": w(), "inputs": {"messages": [{"role": "user", "content": w()}]}, "outputs": {"choices": [{"message": {"role": "assistant", "content": w()}}]}},
    "otel": lambda w: {"trace_id": w(), "span_id": w(), "name": w(), "attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": w(), "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": w()}]}]), "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": [{"type": "text", "content": w()}]}])}},
    "tau": lambda w: {"task_id": 1, "trial": 0, "reward": 1.0, "info": {"source": w()}, "traj": chat(w)["messages"]},
    "sgd": lambda w: {"dialogue_id": w(), "services": [w()], "turns": [{"speaker": "USER", "utterance": w(), "frames": [{"service": w(), "state": {"slot": w()}}]}]},
    "star": lambda w: {"DialogueID": 1, "Events": [{"Agent": "User", "Action": "utter", "Text": w(), "UnixTime": w()}], "Scenario": {"Domains": [w()]}},
    "intercom": lambda w: {"type": "conversation", "id": w(), "source": {"body": f"<p>{w()}</p>", "author": {"type": "user", "name": w(), "email": w()}}, "conversation_parts": {"conversation_parts": [{"body": w(), "part_type": w(), "author": {"type": "admin", "name": w()}}]}},
    "zendesk": lambda w: {"ticket": {"id": 1, "requester_id": 1, "subject": w()}, "comments": [{"author_id": 1, "body": w(), "channel": w()}]},
    "chatgpt": lambda w: {"title": w(), "current_node": "a", "create_time": 1, "mapping": {"a": {"id": "a", "parent": None, "message": {"author": {"role": "user"}, "content": {"parts": [w()]}, "metadata": {"x": w()}}}}},
    "eval run": lambda w: {"id": w(), "datasource_item": {"topic": w(), "messages": [{"role": "user", "content": w()}]}, "sample": {"input": [{"role": "user", "content": w()}], "output": [{"role": "assistant", "content": w()}], "model": w()}, "status": "pass"},
    "batch": lambda w: {"custom_id": w(), "body": {"model": w(), "messages": [{"role": "user", "content": w()}]}},
    "transcript": lambda w: {"id": w(), "transcript": f"Agent: {w()}\nCustomer: {w()}", "note": w()},
    "table": lambda w: {"conversation_id": w(), "role": "user", "content": w(), "channel": w()},
    "inspect": lambda w: {"eval": {"task": w(), "model": w(), "created": w()}, "samples": [{"id": w(), "epoch": 1, "messages": [{"role": "user", "content": w()}], "store": {"x": w()}}], "stats": {"note": w()}},
    "envelope": lambda w: {"case_id": w(), "owner": w(), "payload": chat(w)},
}  # fmt: skip


def texts(value):
    "Every text in a value that says something; words for kinds and roles are structure."
    if isinstance(value, dict):
        return [
            t
            for k, v in value.items()
            if not (k in STRUCTURE and isinstance(v, str))
            for t in texts(v)
        ]
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    if isinstance(value, str) and value[:1] in ("{", "["):
        return texts(json.loads(value))
    return re.findall(r"[^\W\d_]{5,}", value) if isinstance(value, str) else []


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_a_generated_record_vanishes(name):
    for seed in range(80):
        w = Words(f"{name}/{seed}")
        record = w.more(FORMATS[name](w))
        found = ag.load_traces([record], progress=False)
        told = json.dumps([t.to_dict() for t in found]) + " ".join(found.notes)
        lost = [t for t in texts(record) if t not in told and t.lower() not in told.lower()]
        assert not lost, (record, lost)


def test_what_is_compared():
    assert unread({"a": "hello there"}, {"b": ["hello there"]}) is None
    assert unread({"a": "hello there"}, {}) == {"a": "hello there"}
