"""Exports of the same families spelled otherwise, plug-ins, redaction, directories: what `load_traces` makes of them."""

import gc
import gzip
import io
import json
import types
import zipfile

import pytest

from agent_gym.parser import READERS, Redactor, load_traces, registry
from agent_gym.trace import TraceError

USER, REPLY = {"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}
CASES = {
    "a list of messages": ([USER, REPLY], "ua", []),
    "lists of messages": ([[USER, REPLY], [USER]], "ua", []),
    "LangChain dicts": (
        [
            {"type": "human", "data": {"content": "hi"}},
            {
                "type": "ai",
                "data": {"content": "", "tool_calls": [{"name": "f", "args": {"a": 1}, "id": "c"}]},
            },
            {"type": "tool", "data": {"content": "no", "tool_call_id": "c", "status": "error"}},
        ],
        "uat",
        [("f", {"a": 1})],
    ),
    "an envelope": ({"data": [{"messages": [USER, REPLY]}], "has_more": False}, "ua", []),
    "objects by id": ({"c1": {"messages": [USER]}, "c2": {"messages": [USER]}}, "u", []),
    "function_call of old": (
        {
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "content": None,
                    "function_call": {"name": "f", "arguments": '{"a": 1}'},
                },
                {"role": "function", "name": "f", "content": "3"},
            ]
        },
        "uat",
        [("f", {"a": 1})],
    ),
    "Anthropic": (
        {
            "system": [{"type": "text", "text": "s"}],
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "hm"},
                        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "t", "content": "x"},
                        {"type": "text", "text": "so?"},
                    ],
                },
            ],
        },
        "suatu",
        [("f", {"a": 1})],
    ),
    "Bedrock": (
        {
            "messages": [
                {"role": "user", "content": [{"text": "hi"}]},
                {
                    "role": "assistant",
                    "content": [{"toolUse": {"toolUseId": "x", "name": "f", "input": {"a": 1}}}],
                },
                {
                    "role": "user",
                    "content": [
                        {"toolResult": {"toolUseId": "x", "content": [{"json": {"t": 1}}]}}
                    ],
                },
            ]
        },
        "uat",
        [("f", {"a": 1})],
    ),
    "AI SDK parts": (
        {
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "parts": [
                        {"type": "tool-f", "toolCallId": "x", "input": {"a": 1}, "output": 2}
                    ],
                },
            ]
        },
        "uat",
        [("f", {"a": 1})],
    ),
    "Gemini history": (
        [
            {"role": "user", "parts": [{"text": "hi"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {"a": 1}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"r": 1}}}]},
        ],
        "uat",
        [("f", {"a": 1})],
    ),
    "Responses items": (
        {
            "input": [
                USER,
                {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"a": 1}'},
                {"type": "function_call_output", "call_id": "c", "output": "2"},
            ],
            "output": [
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": "yo"}],
                }
            ],
        },
        "uata",
        [("f", {"a": 1})],
    ),
    "OTLP of OpenLLMetry": (
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
                                        {"key": f"gen_ai.{k}", "value": {"stringValue": v}}
                                        for k, v in {
                                            "prompt.0.role": "user",
                                            "prompt.0.content": "hi",
                                            "completion.0.tool_calls.0.name": "f",
                                            "completion.0.tool_calls.0.arguments": '{"a": 1}',
                                        }.items()
                                    ],
                                }
                            ]
                        }
                    ]
                }
            ]
        },
        "ua",
        [("f", {"a": 1})],
    ),
    "nested OpenInference": (
        [
            {
                "name": "LLM",
                "context": {"trace_id": "t", "span_id": "s"},
                "attributes": {
                    "openinference": {"span": {"kind": "LLM"}},
                    "llm": {
                        "input_messages": [{"message": USER}],
                        "output_messages": [
                            {
                                "message": {
                                    "role": "assistant",
                                    "tool_calls": [
                                        {
                                            "tool_call": {
                                                "function": {"name": "f", "arguments": '{"a": 1}'}
                                            }
                                        }
                                    ],
                                }
                            }
                        ],
                    },
                },
            }
        ],
        "ua",
        [("f", {"a": 1})],
    ),
    "OTel events": (
        [
            {
                "name": "chat",
                "context": {"trace_id": "t", "span_id": "s"},
                "attributes": {"gen_ai.operation.name": "chat"},
                "events": [
                    {"name": "gen_ai.user.message", "attributes": {"content": "hi"}},
                    {"name": "gen_ai.choice", "attributes": {"message": json.dumps(REPLY)}},
                ],
            }
        ],
        "ua",
        [],
    ),
    "Langfuse rows": ([{"id": "t", "projectId": "p", "input": [USER], "output": REPLY}], "ua", []),
    "LangSmith child runs": (
        [
            {
                "id": "r",
                "run_type": "chain",
                "inputs": {},
                "child_runs": [
                    {
                        "id": "s",
                        "run_type": "llm",
                        "inputs": {"messages": [USER]},
                        "outputs": {"choices": [{"message": REPLY}]},
                    }
                ],
            }
        ],
        "ua",
        [],
    ),
    "Zendesk tickets": (
        {
            "tickets": [
                {
                    "id": 1,
                    "requester_id": 2,
                    "comments": [
                        {"author_id": 2, "body": "hi"},
                        {"author_id": 3, "html_body": "<p>yo</p>"},
                    ],
                }
            ]
        },
        "ua",
        [],
    ),
    "TRL preferences": ([{"prompt": [USER], "chosen": [REPLY], "rejected": [REPLY]}], "ua", []),
    "one tau2 run": (
        {"id": "s", "task_id": "1", "reward_info": {"reward": 1.0}, "messages": [USER, REPLY]},
        "ua",
        [],
    ),
    "a ChatGPT tree": (
        [
            {
                "mapping": {
                    "a": {
                        "message": {"author": {"role": "user"}, "content": {"parts": ["hi"]}},
                        "parent": None,
                    }
                },
                "current_node": "a",
            }
        ],
        "u",
        [],
    ),
    "ADK events": (
        {
            "id": "s",
            "events": [
                {"author": "user", "content": {"parts": [{"text": "hi"}]}},
                {
                    "author": "a",
                    "content": {"parts": [{"function_call": {"name": "f", "args": {"a": 1}}}]},
                },
                {
                    "author": "a",
                    "content": {"parts": [{"function_response": {"name": "f", "response": {}}}]},
                },
            ],
        },
        "uat",
        [("f", {"a": 1})],
    ),
    "a batch response": (
        {
            "custom_id": "b",
            "response": {"status_code": 200, "body": {"choices": [{"message": REPLY}]}},
        },
        "a",
        [],
    ),
    "Hermes tags": (
        {
            "conversations": [
                {"from": "human", "value": "hi"},
                {
                    "from": "gpt",
                    "value": '<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>',
                },
                {"from": "tool", "value": "<tool_response>2</tool_response>"},
            ]
        },
        "uat",
        [("f", {"a": 1})],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_variants_of_known_families(name):
    export, roles, calls = CASES[name]
    t = load_traces(json.dumps(export).encode())[0]
    assert "".join(m.role[0] for m in t.messages) == roles
    assert [(c.name, c.arguments) for m in t.messages for c in m.tool_calls] == calls
    assert all(m.name for m in t.messages if m.role == "tool")


def test_tables_in_any_spelling():
    rows = "call;wer;was\n1;customer;hi\n1;agent;yo\n"
    for columns in (
        {"conversation_id": "call", "role": "wer", "content": "was"},
        {"call": "conversation_id", "wer": "role", "was": "content"},
    ):
        t = load_traces(rows.encode(), columns=columns)
        assert [(t[0].conversation_id, m.role, m.content) for m in t[0].messages] == [
            ("1", "user", "hi"),
            ("1", "assistant", "yo"),
        ]
    with pytest.raises(TraceError, match="columns="):
        load_traces(rows.encode())


def test_a_plug_in_is_found(monkeypatch):
    module = types.SimpleNamespace(
        matches=lambda r: isinstance(r, dict) and "ours" in r,
        to_trace=lambda r: {"messages": [{"role": "user", "content": r["ours"]}]},
    )
    entry = types.SimpleNamespace(name="plugged", value="a.b", load=lambda: module)
    monkeypatch.setattr(
        registry, "entry_points", lambda group: [entry] if group == "agent_gym.parsers" else []
    )
    registry.load_readers.cache_clear()
    try:
        t = load_traces([{"ours": "hi"}])[0]
        assert (t.messages[0].content, t.metadata["format"]) == ("hi", "plugged")
    finally:
        READERS.pop("plugged", None)
        registry.load_readers.cache_clear()


def test_a_reader_that_trips_is_an_error_with_its_name():
    registry.register(
        "clumsy",
        lambda r: isinstance(r, dict) and "clumsy" in r,
        lambda r: {"messages": r["nothing"]},
    )
    try:
        with pytest.raises(TraceError, match="clumsy"):
            load_traces([{"clumsy": 1}])
    finally:
        del READERS["clumsy"]


def test_redaction_keeps_links_in_every_spelling():
    r = Redactor()
    assert (
        r.text("call +1 (555) 123-4567")[-8:].replace("-", "")
        == r.record({"phone": "5551234567"})["phone"][-7:]
    )
    assert r.text("ANA@shop.com") == r.text("ana@shop.com")
    record = {
        "conversation_id": "ana@shop.com",
        "messages": [{"role": "user", "content": "ana@shop.com"}],
        "metadata": {"ana@shop.com": ["ana@shop.com"]},
    }
    assert "ana@shop.com" not in json.dumps(load_traces([record], redact=True)[0].to_dict())
    assert load_traces([record], redact={"hi": "hi"})[0].conversation_id != "ana@shop.com"
    with pytest.raises(ValueError, match="email"):
        load_traces([record], redact=["names"])


def test_a_directory_of_many_formats(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(
        gzip.compress(b'{"messages": [{"role": "user", "content": "hi"}]}\n' * 3)
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "t.csv").write_text("conversation_id,role,content\n1,user,hi\n")
    (tmp_path / "schema.json").write_text('{"tables": 3}')
    (tmp_path / "README.md").write_text("notes")
    ts = load_traces(tmp_path)
    assert [t.metadata["format"] for t in ts] == ["openai_chat"] * 3 + ["table"]
    assert any("schema.json" in n for n in ts.notes)
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(TraceError, match=r"broken\.json"):
        load_traces(tmp_path)
    assert len(load_traces(tmp_path, on_error="collect")) == 4


class Dataset(list):
    "A stand-in for a data set of Hugging Face: rows in which every object of a column has the fields of all."

    column_names = ("messages",)


CALLS = [
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"type": "function", "function": {"name": "f", "arguments": {"a": 1, "z": None}}}
        ],
    },
    {"role": "tool", "name": "f", "content": "4"},
]
SHAPES = {
    "messages": ({"messages": [USER, REPLY]}, "ua"),
    "prompt and completion": ({"prompt": [USER], "completion": [REPLY]}, "ua"),
    "texts": ({"prompt": "hi", "completion": "yo"}, "ua"),
    "a pair": ({"prompt": [USER], "chosen": [REPLY], "rejected": [USER]}, "ua"),
    "a pair with the prompt inside": ({"chosen": [USER, REPLY], "rejected": [USER]}, "ua"),
    "unpaired": ({"prompt": [USER], "completion": [REPLY], "label": False}, "ua"),
    "calls": ({"messages": [USER, *CALLS, REPLY], "tools": '[{"type": "function"}]'}, "uata"),
    "calls in the completion": (
        {"prompt": [USER], "completion": CALLS, "tools": '[{"type": "function"}]'},
        "uat",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("given", ["Dataset", "DatasetDict", "list", "table"])
def test_conversational_data_sets(name, given):
    row, roles = SHAPES[name]
    if given == "table":
        source = pytest.importorskip("pyarrow").Table.from_pylist([row])
    else:
        source = {
            "Dataset": Dataset([row]),
            "DatasetDict": {"train": Dataset([row])},
            "list": [row],
        }[given]
    t = load_traces(source)[0]
    assert "".join(m.role[0] for m in t.messages) == roles
    assert t.outcome == ("failure" if name == "unpaired" else None)
    if "calls" in name:
        assert t.metadata["tools"] == [{"type": "function"}]
        assert t.messages[1].tool_calls[0].arguments == (
            {"a": 1, "z": None} if given == "list" else {"a": 1}
        )


def test_a_data_set_saved_to_disk_says_how_it_is_read(tmp_path):
    (tmp_path / "dataset_info.json").write_text("{}")
    (tmp_path / "data-00000-of-00001.arrow").write_bytes(b"")
    with pytest.raises(TraceError, match="load_from_disk"):
        load_traces(tmp_path)


NATIVE = {"conversation_id": "c", "messages": [USER, REPLY], "outcome": "resolved"}
LINE = json.dumps(NATIVE).encode()


def packed(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as z:
        for name, data in members:
            z.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "n"),
    [
        ("UTF-16 with a mark", (LINE + b"\n" + LINE).decode().encode("utf-16"), 2),
        ("UTF-16 without", (LINE + b"\n" + LINE).decode().encode("utf-16-be"), 2),
        ("a mark of UTF-8", b"\xef\xbb\xbf" + LINE + b"\r\n" + LINE, 2),
        ("commas at the ends of lines", LINE + b",\n" + LINE + b",\n", 2),
        ("zero bytes at the end", LINE + b"\n" + bytes(5000), 1),
        ("a key twice", LINE.replace(b"{", b'{"conversation_id": "d", ', 1), 1),
        (
            "a zip of several",
            packed(
                ("a.json", LINE),
                ("b/c.jsonl.gz", gzip.compress(LINE)),
                ("read.me", b"x"),
                ("__MACOSX/._a.json", b"\0"),
            ),
            2,
        ),
        ("gzip after gzip", gzip.compress(LINE + b"\n") * 2, 2),
    ],
)
def test_what_loads_all_the_same(name, data, n):
    assert [t.messages for t in load_traces(data)] == [load_traces([NATIVE])[0].messages] * n


@pytest.mark.parametrize(
    ("data", "n", "says"),
    [
        (b'{"messages": oops}\n' + LINE + b"\n" + LINE, 2, "line 1"),
        (b'{"n": 1' + b"0" * 5000 + b"}\n" + LINE, 1, "4300 digits"),
        (gzip.compress((LINE + b"\n") * 3)[:-9], 3, "to its end"),
        (gzip.compress((LINE + b"\n") * 2) + b"junk", 2, "to its end"),
        (packed(("a.zip", packed(("a.json", LINE)))), 0, "zip inside"),
        (packed(("xl/workbook.xml", b"<x/>")), 0, "no data files"),
        (b"BZh9", 0, "bzip2"),
        (packed(("a.json", LINE))[:-20], 0, "zip"),
    ],
)
def test_a_fault_is_told_and_costs_only_itself(data, n, says):
    found = load_traces(data, on_error="collect")
    assert len(found) == n
    assert any(says in str(e) for e in found.errors)


def test_tables_of_spreadsheets():
    found = load_traces(
        "conversation_id;role;content\r\n1;customer;café €\r\n;;\r\n1;agent\r\n".encode("cp1252")
    )
    assert [(m.role, m.content) for m in found[0].messages] == [
        ("user", "café €"),
        ("assistant", None),
    ]
    assert any("Windows-1252" in note for note in found.notes)


def test_paths_in_a_list_and_links_in_a_circle(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(load_traces([tmp_path / "a.jsonl", str(tmp_path / "a.jsonl")])) == 2
    assert len(load_traces(str(tmp_path / "**/*.jsonl"))) == 1
    assert len(load_traces(tmp_path)) == 1


@pytest.mark.filterwarnings(
    "error::pytest.PytestUnraisableExceptionWarning", "error::ResourceWarning"
)
def test_files_are_closed(tmp_path):
    (tmp_path / "a.zip").write_bytes(
        packed(("a.json", LINE), ("b.csv", b"conversation_id,role,content\n1,user,x\n"))
    )
    (tmp_path / "b.csv").write_bytes(b"conversation_id,role,content\n1,user,x\n")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(LINE))
    assert len(load_traces(tmp_path)) == 4
    gc.collect()


def inspect_log(task, path):
    "A log of two samples, as JSON or as a zip."
    about, samples = (
        {"task": task, "model": "m"},
        [
            {"id": i, "epoch": 1, "messages": [{"role": "user", "content": f"{task} {i}"}]}
            for i in (1, 2)
        ],
    )
    if path.suffix == ".json":
        path.write_text(json.dumps({"eval": about, "samples": samples}))
        return
    with zipfile.ZipFile(path, "w") as z:
        z.writestr(
            "_journal/start.json" if task == "cut off" else "header.json",
            json.dumps({"eval": about, "plan": {}}),
        )
        for s in samples:
            z.writestr(f"samples/{s['id']}_epoch_1.json", json.dumps(s))


@pytest.mark.parametrize("suffix", [".json", ".eval"])
def test_samples_of_one_number_in_logs_of_other_tasks_are_other_tasks(tmp_path, suffix):
    for i, task in enumerate(("shop", "cut off", "shop", "bank")):
        inspect_log(task, tmp_path / f"{i}{suffix if i != 3 else '.json'}")
    traces = load_traces(tmp_path)
    assert len(traces) == len({t.conversation_id for t in traces}) == 8
    assert {t.task: sum(o.task == t.task for o in traces) for t in traces} == {
        "shop/1": 2,
        "shop/2": 2,
        "cut off/1": 1,
        "cut off/2": 1,
        "bank/1": 1,
        "bank/2": 1,
    }
    assert all(t.messages[0].content == t.task.replace("/", " ") for t in traces)
    a, b = traces.split(0.5, by="task")
    assert not {t.task for t in a} & {t.task for t in b}


@pytest.mark.parametrize("n", [100, 101, 102, 103, 300])
def test_no_row_of_a_long_table_is_lost(n):
    rows = [
        {"ticket_id": i // 3, "speaker": ("customer", "agent")[i % 2], "text": f"t{i}"}
        for i in range(n)
    ]
    told = [m.content for t in load_traces(rows, progress=False) for m in t.messages]
    assert told == [f"t{i}" for i in range(n)]
