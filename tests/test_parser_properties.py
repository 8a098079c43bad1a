"""Properties of `load_traces`: every set of traces survives each writer and reader; whatever is thrown at it, only TraceError comes out."""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_gym.parser import READERS, load_traces
from agent_gym.parser import load as load_module
from agent_gym.parser.registry import load_readers
from agent_gym.trace import Message, ToolCall, Trace, TraceError, TraceSet

quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
text = st.text(st.characters(), max_size=12)
surrogates = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=8)
number = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
value = st.recursive(
    st.none() | st.booleans() | number | surrogates,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(surrogates, v, max_size=3),
    max_leaves=8,
)
metadata = st.dictionaries(text, value, max_size=2)
call = st.builds(
    ToolCall,
    id=st.none() | text,
    name=text,
    arguments=st.dictionaries(text, value, max_size=3),
    metadata=metadata,
)
message = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant", "tool"]),
    content=st.none() | surrogates,
    tool_calls=st.lists(call, max_size=2),
    name=st.none() | text,
    tool_call_id=st.none() | text,
    result=value,
    is_error=st.booleans(),
    metadata=metadata,
)
trace = st.builds(
    Trace,
    conversation_id=surrogates,
    messages=st.lists(message, max_size=4),
    outcome=st.none() | text,
    satisfaction_score=st.none() | st.floats(1, 5),
    metadata=metadata,
)
traces = st.lists(trace, max_size=4, unique_by=lambda t: t.conversation_id).map(TraceSet)


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz", "t.parquet", "t.jsonl.zst"])
@quick
@given(traces)
def test_every_set_survives_each_writer_and_reader(tmp_path_factory, name, ts):
    path = tmp_path_factory.mktemp("w") / name
    (ts.to_parquet if name.endswith("parquet") else ts.to_jsonl)(path)
    assert load_traces(path) == ts


@quick
@given(traces)
def test_python_records_are_read_like_files(ts):
    assert load_traces([t.to_dict() for t in ts]) == ts
    assert load_traces(json.dumps([t.to_dict() for t in ts]).encode()) == ts


@quick
@given(traces.filter(len))
def test_an_index_is_the_list(tmp_path_factory, ts):
    path = ts.to_jsonl(tmp_path_factory.mktemp("w") / "t.jsonl")
    limit, load_module.LAZY = load_module.LAZY, 0
    try:
        lazy = load_traces(path)
    finally:
        load_module.LAZY = limit
    assert lazy == ts
    assert [lazy[i] for i in range(len(ts))] == list(ts)


GOOD = {
    "conversation_id": "c",
    "messages": [
        {"role": "user", "content": "hi"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "1"},
    ],
    "outcome": "resolved",
    "satisfaction_score": 4,
    "metadata": {},
}
SEEDS = [
    GOOD,
    {"messages": GOOD["messages"], "tools": [{}], "system": "s"},
    {"task_id": 1, "trial": 0, "reward": 1.0, "traj": GOOD["messages"], "info": {}},
    {
        "tasks": [{"id": "1"}],
        "info": {"environment_info": {}},
        "simulations": [
            {
                "id": "s",
                "task_id": "1",
                "reward_info": {"reward": 1.0},
                "messages": GOOD["messages"],
            }
        ],
    },
    {
        "conversations": [
            {"from": "human", "value": "x"},
            {"from": "function_call", "value": '{"name": "f", "arguments": {}}'},
        ],
        "tools": "[]",
    },
    {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}],
            }
        ]
    },
    {"contents": [{"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}]},
    {
        "object": "response",
        "id": "r",
        "output": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}],
    },
    [
        {
            "request": {
                "uri": "https://x/v1/chat/completions",
                "body": {"messages": GOOD["messages"]},
            },
            "response": {"body": {"choices": [{"message": {"role": "assistant", "content": "x"}}]}},
        }
    ],
    {
        "trace": {"id": "t", "scores": [{"name": "user", "value": 1}]},
        "observations": [
            {
                "id": "a",
                "type": "GENERATION",
                "startTime": "1",
                "input": "[]",
                "output": "x",
                "parentObservationId": "a",
            }
        ],
    },
    {
        "post": [
            {
                "id": "r",
                "trace_id": "r",
                "run_type": "llm",
                "inputs": {"messages": GOOD["messages"]},
                "outputs": {},
            }
        ],
        "patch": [],
    },
    {
        "spans": [
            {
                "name": "x",
                "attributes": {
                    "gen_ai.operation.name": "call_llm",
                    "gen_ai.input.messages": "[]",
                    "gen_ai.output": "x",
                },
                "context": {"trace_id": 1, "span_id": 2},
            }
        ],
        "final_output": None,
    },
    [
        {
            "resourceSpans": [
                {
                    "scopeSpans": [
                        {
                            "spans": [
                                {
                                    "traceId": "t",
                                    "spanId": "s",
                                    "attributes": [
                                        {
                                            "key": "gen_ai.prompt.0.content",
                                            "value": {"stringValue": "x"},
                                        }
                                    ],
                                }
                            ]
                        }
                    ]
                }
            ]
        }
    ],
    {
        "eval": {"task": "t"},
        "samples": [
            {
                "id": 1,
                "epoch": 1,
                "messages": GOOD["messages"],
                "scores": {"a": {"value": "C"}},
                "attachments": {"a": "b"},
            }
        ],
    },
    {
        "DialogueID": 1,
        "Events": [
            {"Agent": "Wizard", "Action": "query", "APIName": "f", "Constraints": [{"a": "1"}]}
        ],
        "UserQuestionnaire": [{"Answer": True}],
    },
    {
        "dialogue_id": "1",
        "services": [],
        "turns": [
            {
                "speaker": "SYSTEM",
                "utterance": "x",
                "frames": [
                    {
                        "service": "s",
                        "service_call": {"method": "m", "parameters": {}},
                        "service_results": [],
                    }
                ],
            }
        ],
    },
    {
        "conversation_id": "d",
        "utterances": [
            {
                "speaker": "user",
                "text": "x",
                "annotations": [{"name": "api_call", "value": "f", "context": "api_call_0"}],
            }
        ],
    },
    {
        "conversation_id": "d",
        "context": '[{"role": "user", "text": "x"}]',
        "generation": '{"role": "agent", "api": {"f": {}}}',
        "reward": 1.0,
    },
    {
        "run_id": "r",
        "items": [
            {
                "id": "i",
                "status": "pass",
                "sample": {"output": []},
                "datasource_item": {
                    "messages": [],
                    "trace": {
                        "spans": [{"span_data": {"type": "FUNCTION", "name": "f", "output": "x"}}]
                    },
                },
            }
        ],
    },
    {
        "type": "conversation",
        "id": "1",
        "source": {"body": "<p>x</p>", "author": {"type": "user"}},
        "conversation_parts": {"conversation_parts": [{"body": "y"}]},
        "conversation_rating": {"rating": 4},
    },
    {
        "ticket": {"id": 1, "requester_id": 2, "satisfaction_rating": {"score": "good"}},
        "comments": [{"body": "x", "author_id": 2, "public": True}],
    },
    [{"ticket_id": "1", "body": "x", "user_id": "2", "public": "TRUE"}],
    [{"conversation_id": "1", "speaker": "customer", "text": "x", "turn": 1, "tool_calls": "[]"}],
    {"prompt": "x", "chosen": [{"role": "assistant", "content": "y"}], "rejected": "z"},
    {"instruction": "x", "input": "", "output": "y", "history": [["a", "b"]]},
    {"chat": "USER: x ASSISTANT: y", "system": "s"},
    {
        "mapping": {
            "a": {
                "message": {"author": {"role": "user"}, "content": {"parts": ["x"]}},
                "parent": None,
            }
        },
        "current_node": "a",
    },
    {"uuid": "u", "chat_messages": [{"sender": "human", "text": "x"}]},
    [{"kind": "request", "parts": [{"part_kind": "user-prompt", "content": "x"}]}],
    [{"type": "human", "data": {"content": "x"}}],
    {"events": [{"author": "user", "content": {"parts": [{"text": "x"}]}}]},
    {
        "custom_id": "b",
        "response": {"body": {"candidates": [{"content": {"parts": [{"text": "x"}]}}]}},
    },
]


def places(v, at=()):
    "All places in a JSON value."
    yield at
    for k, x in v.items() if isinstance(v, dict) else enumerate(v) if isinstance(v, list) else ():
        yield from places(x, (*at, k))


def changed(v, at, new):
    if not at:
        return new
    copy = dict(v) if isinstance(v, dict) else list(v)
    copy[at[0]] = changed(copy[at[0]], at[1:], new)
    return copy


def test_every_seed_loads():
    for seed in SEEDS:
        assert len(load_traces(seed if isinstance(seed, list) else [seed])) == 1, seed


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.data())
def test_any_value_in_any_field_raises_nothing_but_trace_errors(seed, data):
    bad = changed(
        seed,
        data.draw(st.sampled_from(list(places(seed)))),
        data.draw(
            value | st.sampled_from(["", "[{", "error", [None], {"role": None}, [[]], 1e308])
        ),
    )
    for source in (bad if isinstance(bad, list) else [bad], json.dumps(bad).encode()):
        try:
            ts = load_traces(source)
        except TraceError as e:
            assert e.source and e.reason and len(str(e)) < 2500
        else:
            ts.summary()
            ids = [t.conversation_id for t in ts]
            assert len(set(ids)) == len(ids)
            assert load_traces([t.to_dict() for t in ts]) == ts


@quick
@given(
    st.sampled_from(SEEDS[:12]),
    st.binary(max_size=300),
    st.integers(0, 400),
    st.integers(0, 30),
    st.sampled_from(["", "gz", "zip"]),
)
def test_broken_bytes_raise_nothing_but_trace_errors(seed, junk, at, cut, packed):
    data = json.dumps(seed).encode()
    data = data[:at] + junk + data[at + cut :]
    if packed == "gz":
        data = gzip.compress(data)[: at + 20] + junk[:5]
    elif packed == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as z:
            z.writestr("a.json", data)
        data = buffer.getvalue()[: -1 - cut] + junk[:5]
    try:
        load_traces(data, on_error="collect")
    except TraceError:
        pass


@quick
@given(st.sampled_from(sorted(READERS) if load_readers() is None else []), value)
def test_a_named_reader_on_anything(name, v):
    try:
        load_traces([v], format=name)
    except TraceError:
        pass


@quick
@given(st.lists(st.sampled_from([GOOD, {"messages": 3}, None, 7, {"a": 1}]), max_size=12))
def test_collected_errors_and_traces_are_all_records(records):
    ts = load_traces(records, on_error="collect")
    assert len(ts) + len(ts.errors) == len(records)
    assert len(ts) == sum(r is GOOD for r in records)
