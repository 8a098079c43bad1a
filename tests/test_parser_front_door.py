"""The kinds of faults that exports of strangers had: each on inputs of our own, none of which may come in mangled."""

import json
import zipfile

import pytest

import agent_gym as ag
from agent_gym.parser import load as load_module

LETTER = {"user": "u", "assistant": "a", "tool": "t", "system": "s"}


def load(value, **options):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ag.load_traces(data, progress=False, **options)


def seen(trace):
    "Roles, texts of people and agents, calls with what answered them."
    calls = [
        (
            c.name,
            c.arguments,
            None if a is None else (trace.messages[a].value, trace.messages[a].is_error),
        )
        for _, c, a in trace.calls()
    ]
    texts = [m.content for m in trace.messages if m.role in ("user", "assistant") and m.content]
    return "".join(LETTER[m.role] for m in trace.messages), texts, calls


ASK, CALL = (
    {"role": "user", "content": "Is it open?"},
    ("hours", {"day": "Mon"}, ({"open": 9}, False)),
)
REPLY = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "From nine."}],
}


@pytest.mark.parametrize(
    "steps",
    [
        [
            {
                "type": "function_call",
                "id": "fc",
                "call_id": "c7",
                "name": "hours",
                "arguments": '{"day": "Mon"}',
            },
            {"type": "function_call_output", "id": "fo", "call_id": "c7", "output": '{"open": 9}'},
        ],
        [
            {
                "role": "assistant",
                "toolCalls": [
                    {"id": "x", "toolCallId": "c7", "toolName": "hours", "args": {"day": "Mon"}}
                ],
            },
            {"role": "tool", "id": "m9", "toolCallId": "c7", "result": {"open": 9}},
        ],
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "c7", "function": {"name": "hours", "arguments": '{"day": "Mon"}'}}
                ],
            },
            {"role": "tool", "id": "msg_2", "content": '{"open": 9}'},
        ],
        [
            {
                "type": "function_call",
                "id": "fc",
                "call_id": "c7",
                "name": "hours",
                "arguments": '{"day": "Mon"}',
            },
            {"type": "function_call_output", "call_id": "fc", "output": '{"open": 9}'},
        ],
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {"name": "hours", "arguments": {"day": "Mon"}, "result": {"open": 9}}
                ],
            }
        ],
        [
            {
                "role": "assistant",
                "actions": [
                    {"tool": "hours", "tool_input": {"day": "Mon"}, "observation": '{"open": 9}'}
                ],
            }
        ],
        [
            {
                "role": "assistant",
                "tool_name": "hours",
                "tool_args": '{"day": "Mon"}',
                "tool_output": {"open": 9},
            }
        ],
        [
            {
                "role": "agent",
                "text": None,
                "toolCalls": ['{"name": "hours", "arguments": {"day": "Mon"}}'],
                "tool_results": [{"name": "hours", "output": {"open": 9}}],
            }
        ],
        [
            {"role": "tool_use", "name": "hours", "input": {"day": "Mon"}},
            {"role": "tool_output", "name": "hours", "output": {"open": 9}},
        ],
        [
            {
                "role": "assistant",
                "content": '<function_call>{"name": "hours", "arguments": {"day": "Mon"}}</function_call>',
            },
            {"role": "user", "content": '<function_response>{"open": 9}</function_response>'},
        ],
        [
            {
                "role": "assistant",
                "function_calls": [
                    {
                        "function_name": "hours",
                        "parameters_json": '{"day": "Mon"}',
                        "response": {"open": 9},
                    }
                ],
            }
        ],
        [
            {
                "role": "assistant",
                "parts": [{"functionCall": {"name": "hours", "args": {"day": "Mon"}}}],
            },
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "hours", "response": {"open": 9}}}],
            },
        ],
    ],
)
def test_calls_are_found_and_paired_under_any_name(steps):
    (trace,) = load([{"messages": [ASK, *steps, REPLY]}])
    assert seen(trace) == ("uata", ["Is it open?", "From nine."], [CALL])


def test_no_call_ends_without_arguments_in_silence():
    found = load(
        [
            {
                "messages": [
                    ASK,
                    {"role": "assistant", "tool_calls": [{"id": "a", "name": "f", "zone": 3}]},
                ]
            }
        ]
    )
    call = found[0].messages[1].tool_calls[0]
    assert call.arguments == {} and call.metadata["zone"] == 3
    assert any("no arguments" in n and "zone" in n for n in found.notes)


@pytest.mark.parametrize(
    "fails",
    [
        {"is_error": True},
        {"successful": False},
        {"error": "shut"},
        {"status": "failed"},
        {"success": False},
    ],
)
def test_flags_of_errors(fails):
    steps = [
        {"role": "assistant", "tool_calls": [{"id": "c", "name": "f", "arguments": "{}"}]},
        {"role": "tool", "tool_call_id": "c", "content": "no", **fails},
    ]
    assert load([{"messages": [ASK, *steps]}])[0].messages[-1].is_error


def test_what_surrounds_a_conversation_belongs_to_it():
    inner = {"messages": [ASK, {"role": "assistant", "content": "Yes."}]}
    (t,) = load(
        {"data": {"thread_id": "T1", "agent_version": "v2 beta", "rating": 4, "payload": inner}}
    )
    assert (t.conversation_id, t.satisfaction_score, t.metadata["agent_version"]) == (
        "T1",
        4.0,
        "v2 beta",
    )
    several = load({"exported_by": "somebody", "csat": 1, "rows": [inner, inner]})
    assert [(t.metadata["exported_by"], t.satisfaction_score) for t in several] == [
        ("somebody", None)
    ] * 2


ROWS = [
    {"threadId": "b", "at": "2026-01-02T10:00:00Z", "msg": {"role": "user", "content": "b1"}},
    {"threadId": "a", "at": "2026-01-02T09:01:00Z", "msg": {"role": "assistant", "content": "a2"}},
    {"threadId": "a", "at": "2026-01-02T09:00:00Z", "msg": {"role": "user", "content": "a1"}},
    {"threadId": "b", "at": "2026-01-02T10:02:00Z", "msg": {"role": "assistant", "content": "b2"}},
]


def spoken(traces):
    return {t.conversation_id: [m.content for m in t.messages] for t in traces}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda r: r,
        lambda r: {"session_id": r["threadId"], "created_at": r["at"], **r["msg"]},
        lambda r: {
            "conversationId": r["threadId"],
            "time": r["at"],
            "sender": {"type": r["msg"]["role"]},
            "body": r["msg"]["content"],
        },
        lambda r: {"chat_id": r["threadId"], "ts": r["at"], "data": json.dumps(r["msg"])},
        lambda r: {
            "event": {"message": r["msg"]},
            "sessionId": r["threadId"],
            "timestamp": r["at"],
        },
    ],
)
def test_rows_of_a_thread_are_one_conversation(tmp_path, wrap):
    rows = [json.dumps(wrap(r)) for r in ROWS]
    (tmp_path / "1.jsonl").write_text("\n".join(rows[:2]), "utf-8")
    (tmp_path / "2.jsonl").write_text("\n".join(rows[2:]), "utf-8")
    want = {"b": ["b1", "b2"], "a": ["a1", "a2"]}
    assert spoken(load("\n".join(rows).encode())) == want
    assert spoken(ag.load_traces(tmp_path, progress=False)) == want


def test_rows_that_say_nothing_are_kept():
    rows = [
        {"sessionId": "s", "kind": "started", "region": "north"},
        *({**r, "sessionId": "s"} for r in [{"role": "user", "content": "hi"}]),
    ]
    (t,) = load("\n".join(map(json.dumps, rows)).encode())
    assert [m.content for m in t.messages] == ["hi"] and "north" in json.dumps(t.metadata)


@pytest.mark.parametrize(
    "key", ["text", "body", "message", "body_text", "Content", "utterance", "msg", "plain_body"]
)
def test_texts_under_other_keys(key):
    (t,) = load([{"messages": [{"role": "user", key: "hi"}, {"role": "assistant", key: "yo"}]}])
    assert seen(t)[:2] == ("ua", ["hi", "yo"])


def test_html_is_read_as_text():
    (t,) = load([{"messages": [{"role": "user", "body_html": "<p>a &amp; b</p>"}]}])
    assert t.messages[0].content == "a & b"


@pytest.mark.parametrize("key", ["qqq", "geschrieben", "statement_of_party"])
def test_a_text_is_never_lost_under_an_unknown_key(key):
    with pytest.raises(ag.TraceError, match=f"columns=.*{key}"):
        load([{"messages": [{"role": "user", key: "hi"}, {"role": "assistant", key: "yo"}]}])


def test_steps_of_one_message_keep_their_order():
    tool = {"type": "tool-stock", "toolCallId": "1", "input": {"sku": 1}, "output": 4}
    parts = [
        {"type": "text", "text": "Looking."},
        tool,
        {"type": "text", "text": "Four."},
        {"type": "step-start"},
        {**tool, "toolCallId": "2"},
        {**tool, "toolCallId": "3", "output": None, "errorText": "down"},
        {"type": "text", "text": "Done."},
    ]
    (t,) = load(
        [
            {
                "messages": [
                    ASK,
                    {"role": "assistant", "content": "Looking.Four.Done.", "parts": parts},
                ]
            }
        ]
    )
    assert seen(t)[0] == "uataatta"
    assert [m.content for m in t.messages if m.role == "assistant"] == [
        "Looking.",
        "Four.",
        None,
        "Done.",
    ]
    assert [a[1] for _, _, a in seen(t)[2]] == [False, False, True]


def test_a_session_may_begin_with_a_change_of_state():
    events = [
        {"author": "shop", "actions": {"stateDelta": {"cart": "emptied"}}, "id": "e0"},
        {"author": "user", "id": "e1", "timestamp": 1.5, "content": {"parts": [{"text": "hi"}]}},
    ]
    (t,) = load({"id": "s", "appName": "shop", "events": events})
    assert (
        t.conversation_id,
        t.messages[0].metadata["timestamp"],
        t.messages[0].metadata["id"],
    ) == ("s", 1.5, "e1")
    assert "emptied" in json.dumps(t.metadata)


@pytest.mark.parametrize(
    ("label", "success", "stars"),
    [
        ({"reward": 1.0}, True, None),
        ({"reward": 0.5}, None, None),
        ({"call_successful": "failure"}, False, None),
        ({"evaluation": {"task_success": True}}, True, None),
        ({"feedback": "thumbs_down"}, False, None),
        ({"feedback": {"thumbs": "up", "comment": "great"}}, True, None),
        ({"scores": {"correct": 0, "politeness": 1}}, False, None),
        ({"scores": {"toxicity": 0}}, None, None),
        ({"csat": {"score": 4}}, None, 4.0),
        ({"customer_satisfaction_rating": "5"}, None, 5.0),
        ({"resolution_status": "not_resolved"}, False, None),
        ({"is_resolved": True}, True, None),
        ({"resolution_time": 1, "rating_count": 0}, None, None),
    ],
)
def test_labels_wherever_they_are(label, success, stars):
    (t,) = load([{"id": "k", "messages": [ASK], **label}])
    assert (t.success, t.satisfaction_score) == (success, stars)


def test_tasks_and_agents(tmp_path):
    runs = [
        {"problem_id": 3, "model": m, "prompt": "q", "completion": "a", "reward": r}
        for m, r in (("small", 0), ("large", 1))
    ]
    assert [(t.metadata["task_id"], t.metadata["agent"], t.success) for t in load(runs)] == [
        ("3", "small", False),
        ("3", "large", True),
    ]
    for name in ("a/run.json", "b/run.json"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(
            json.dumps([{"conversation_id": str(i), "messages": [ASK]} for i in range(3)]), "utf-8"
        )
    found = ag.load_traces(tmp_path, progress=False)
    assert [t.metadata["agent"] for t in found] == ["a"] * 3 + ["b"] * 3
    assert [t.task for t in found] == ["0", "1", "2"] * 2 and len(
        {t.conversation_id for t in found}
    ) == 6
    assert not any("#" in t.conversation_id for t in found)


def test_the_agent_of_an_index_is_that_of_the_list(tmp_path, monkeypatch):
    for name in ("x.jsonl", "y.jsonl"):
        (tmp_path / name).write_text(
            "\n".join(json.dumps({"conversation_id": str(i), "messages": [ASK]}) for i in range(3)),
            "utf-8",
        )
    want = list(ag.load_traces(tmp_path, progress=False))
    monkeypatch.setattr(load_module, "LAZY", 0)
    assert list(ag.load_traces(tmp_path, progress=False)) == want


def test_roles_reach_into_messages():
    rows = {
        "ticket_id": 5,
        "thread": [{"by": {"kind": "A"}, "note": "hi"}, {"by": {"kind": "C"}, "note": "yo"}],
    }
    (t,) = load(
        rows, columns={"role": "by.kind", "content": "note"}, roles={"A": "assistant", "C": "user"}
    )
    assert seen(t)[:2] == ("au", ["hi", "yo"]) and t.conversation_id == "5"
    arguments = {
        "messages": [
            {"role": "assistant", "tool_calls": [{"name": "f", "arguments": {"note": "kept"}}]}
        ]
    }
    (t,) = load({"id": 1, **arguments, "more": [{"note": "x"}]}, columns={"content": "note"})
    assert t.messages[0].tool_calls[0].arguments == {"note": "kept"}
    with pytest.raises(ValueError, match="roles"):
        load([], roles={"a": "robot"})


@pytest.mark.parametrize(
    "line",
    ["[03.02.26, 10:{:02}] {}: {}", "2/3/26, 10:{:02} AM - {}: {}", "2026-02-03 10:{:02} {}: {}"],
)
def test_chats_as_text(tmp_path, line):
    said = [("Shop", "Welcome"), ("Lea", "Is it open?\nToday?"), ("Shop", "From nine: yes.")]
    path = tmp_path / "chat.txt"
    path.write_text("\n".join(line.format(i, *s) for i, s in enumerate(said)), "utf-8")
    (t,) = ag.load_traces(path, roles={"Shop": "assistant"}, progress=False)
    assert seen(t)[:2] == ("aua", [s for _, s in said])
    with pytest.raises(ag.TraceError, match=r"roles=.*Shop"):
        ag.load_traces(path, progress=False)


def test_errors_help():
    with pytest.raises(ag.TraceError) as e:
        load(
            [
                {
                    "ticket": 1,
                    "lines": [
                        {"is_bot": False, "words": "hi there"},
                        {"is_bot": True, "words": "yo you"},
                    ],
                }
            ]
        )
    told = str(e.value)
    assert (
        "'role': 'is_bot'" in told
        and "'content': 'words'" in told
        and "'true': 'assistant'" in told
    )
    assert "your_own_format" in told and told.count(",") < 20
    with pytest.raises(ag.TraceError, match="nearest format is sgd"):
        load([{"dialogue_id": 1, "parts": 3}])


def test_warnings_come_first():
    found = load(
        [
            {"messages": [ASK]},
            {"messages": [ASK]},
            {
                "messages": [
                    ASK,
                    {
                        "role": "assistant",
                        "content": "",
                        "tool_calls": [{"id": "c", "name": "f", "arguments": {}}],
                    },
                ]
            },
        ]
    )
    told = " ".join(found.warnings)
    assert (
        "2 of 3 conversations hold one message" in told
        and "1 of 1 calls have no result" in told
        and "success=" in told
    )
    assert str(found.summary()).startswith("warning: ") and found.notes[0].startswith("warning: ")
    fine = [
        {
            "conversation_id": str(i),
            "outcome": "resolved",
            "satisfaction_score": 5,
            "messages": [ASK, {"role": "assistant", "content": f"Yes {i}."}],
        }
        for i in range(3)
    ]
    assert load(fine).warnings == []


def test_a_history_in_the_input_of_a_trace_is_kept():
    trace = {
        "id": "t",
        "input": [
            {"role": "user", "content": "one"},
            {"role": "assistant", "content": "two"},
            {"role": "user", "content": "three"},
        ],
        "output": "four",
    }
    generation = {
        "id": "g",
        "type": "GENERATION",
        "startTime": "1",
        "input": [{"role": "user", "content": "three"}],
        "output": {"role": "assistant", "content": "four"},
    }
    for observations in ([], [generation]):
        (t,) = load({"trace": trace, "observations": observations})
        assert seen(t)[:2] == ("uaua", ["one", "two", "three", "four"])


def test_fifty_bad_lines_are_fifty_errors():
    good = json.dumps({"messages": [ASK]})
    found = load("\n".join(["{bad"] * 50 + [good]).encode(), on_error="collect")
    assert (len(found), len(found.errors)) == (1, 50)
    assert len(load("\n".join(["{bad"] * 50).encode(), on_error="collect").errors) == 50


@pytest.mark.parametrize("before", [b"\n" * 300_000, b" " * 100_000])
def test_a_good_record_after_much_white_space(before):
    assert len(load(before + json.dumps({"messages": [ASK]}).encode())) == 1


def test_a_folder_may_be_named_like_a_file(tmp_path):
    inside = tmp_path / "logs.json" / "more.jsonl"
    inside.mkdir(parents=True)
    (inside / "a.json").write_text(json.dumps([{"messages": [ASK]}]), "utf-8")
    for path in (tmp_path, tmp_path / "logs.json", str(tmp_path / "*.json")):
        assert len(ag.load_traces(path, progress=False)) == 1


def test_the_members_of_a_zip_are_listed_once(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as z:
        for i in range(60):
            z.writestr(
                f"{i}.json", json.dumps({"messages": [{"role": "user", "content": f"hi {i}"}]})
            )
    listed = []
    real = zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(
        zipfile.ZipFile, "_RealGetContents", lambda z: (listed.append(1), real(z))[1]
    )
    assert len(ag.load_traces(path, progress=False)) == 60 and len(listed) <= 2
