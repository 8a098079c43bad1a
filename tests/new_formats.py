# ruff: noqa: E501
"""Tiny records of formats, typed after their public documentation, and what must come out of them."""

import json


def lines(*rows):
    return "\n".join(json.dumps(r) for r in rows)


def text(value):
    return json.dumps(value)


# name: (file name, contents, options, expected traces)
CASES = {}


def case(name, body, *expected, file="export.json", **options):
    CASES[name] = (file, body if isinstance(body, str) else text(body), options, expected)


def want(roles, calls=(), **more):
    return {"roles": roles, "calls": [list(c) for c in calls], **more}


# --- Responses and Agents SDK ---------------------------------------------------------------------
ITEMS = [
    {"role": "user", "content": "Please move parcel P-41 to Friday"},
    {
        "id": "rs_1",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "check first"}],
    },
    {
        "id": "fc_7",
        "call_id": "call_a",
        "type": "function_call",
        "name": "find_parcel",
        "arguments": '{"number": "P-41"}',
        "status": "completed",
    },
    {
        "id": "fc_8",
        "call_id": "call_b",
        "type": "function_call",
        "name": "free_days",
        "arguments": "{}",
        "status": "completed",
    },
    {"call_id": "call_b", "type": "function_call_output", "output": '["Friday"]'},
    {"call_id": "call_a", "type": "function_call_output", "output": '{"state": "depot"}'},
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Friday is free.", "annotations": []}],
    },
]
PARCEL = [
    ("find_parcel", {"number": "P-41"}, {"state": "depot"}, False),
    ("free_days", {}, ["Friday"], False),
]
case(
    "responses items in a list of lists",
    [ITEMS, ITEMS],
    want("uatta", PARCEL),
    want("uatta", PARCEL),
)
case(
    "agents sdk session export",
    {"session_id": "s-9", "items": ITEMS},
    want("uatta", PARCEL, id="s-9"),
)
case(
    "agents sdk sqlite rows",
    [
        {
            "id": n,
            "session_id": f"s-{n % 2}",
            "message_data": text(m),
            "created_at": f"2026-02-01 10:00:0{n}",
        }
        for n, m in enumerate([ITEMS[0], ITEMS[0], ITEMS[-1], ITEMS[-1]])
    ],
    want("ua", id="s-0"),
    want("ua", id="s-1"),
)
case(
    "agents sdk run result",
    {
        "input": "Move P-41",
        "new_items": [
            {"type": "message_output_item", "agent": {"name": "Parcels"}, "raw_item": ITEMS[-1]}
        ],
        "last_agent": "Parcels",
    },
    want("ua", texts=["Move P-41", "Friday is free."]),
)
case(
    "agents sdk handoff",
    {
        "session_id": "h",
        "items": [
            ITEMS[0],
            {
                "type": "function_call",
                "id": "f",
                "call_id": "c",
                "name": "transfer_to_returns",
                "arguments": "{}",
            },
            {"type": "function_call_output", "call_id": "c", "output": '{"assistant": "Returns"}'},
            ITEMS[-1],
        ],
    },
    want("uata", [("transfer_to_returns", {}, {"assistant": "Returns"}, False)], id="h"),
)

# --- coding agents --------------------------------------------------------------------------------


def claude(n, kind, message, parent=None, **more):
    about = {
        "sessionId": "cc-1",
        "version": "2.0.1",
        "cwd": "/home/kim/shop",
        "gitBranch": "main",
        "userType": "external",
    }
    return {
        "parentUuid": parent,
        "isSidechain": False,
        **about,
        "type": kind,
        "message": message,
        "uuid": f"u{n}",
        "timestamp": f"2026-03-01T09:00:{n:02d}.000Z",
        **more,
    }


def by_model(ident, *blocks):
    return {
        "id": ident,
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": list(blocks),
        "stop_reason": None,
        "usage": {"input_tokens": 3},
    }


def result(ident, said, bad=False):
    return {
        "role": "user",
        "content": [
            {"tool_use_id": ident, "type": "tool_result", "content": said, "is_error": bad}
        ],
    }


def use(ident, name, given):
    return {"type": "tool_use", "id": ident, "name": name, "input": given}


CODE = [
    {"type": "summary", "summary": "Mending the basket", "leafUuid": "u9"},
    {
        "type": "file-history-snapshot",
        "messageId": "u1",
        "snapshot": {"trackedFileBackups": {}},
        "isSnapshotUpdate": False,
    },
    claude(1, "user", {"role": "user", "content": "Why does the basket test fail?"}),
    claude(
        2,
        "assistant",
        by_model("msg_1", {"type": "thinking", "thinking": "look at it", "signature": "x"}),
        "u1",
    ),
    claude(3, "assistant", by_model("msg_1", {"type": "text", "text": "I will look."}), "u2"),
    claude(
        4, "assistant", by_model("msg_1", use("toolu_1", "Read", {"file_path": "basket.py"})), "u3"
    ),
    claude(5, "assistant", by_model("msg_1", use("toolu_2", "Bash", {"command": "pytest"})), "u4"),
    claude(
        6,
        "user",
        result("toolu_1", "1 def total():"),
        "u4",
        toolUseResult={"type": "text", "file": {"filePath": "basket.py"}},
    ),
    claude(
        7, "user", result("toolu_2", "Exit code 1", True), "u5", toolUseResult="Error: Exit code 1"
    ),
    claude(8, "assistant", by_model("msg_2", {"type": "text", "text": "It is mended."}), "u7"),
]
CODED = [
    ("Read", {"file_path": "basket.py"}, "1 def total():", False),
    ("Bash", {"command": "pytest"}, "Exit code 1", True),
]
case(
    "claude code session",
    lines(*CODE),
    want(
        "uatta",
        CODED,
        id="cc-1",
        agent="claude-x",
        texts=["Why does the basket test fail?", "I will look.", "It is mended."],
    ),
    file="cc-1.jsonl",
)
SIDE = [
    claude(1, "user", {"role": "user", "content": "Count the files"}),
    claude(2, "assistant", by_model("m1", use("t1", "Task", {"prompt": "count"})), "u1"),
    {**claude(3, "user", {"role": "user", "content": "count"}), "isSidechain": True},
    {
        **claude(4, "assistant", by_model("m2", {"type": "text", "text": "five of them"}), "u3"),
        "isSidechain": True,
    },
    claude(5, "user", result("t1", "five of them"), "u2"),
    claude(6, "assistant", by_model("m3", {"type": "text", "text": "There are five."}), "u5"),
]
case(
    "claude code with a subagent",
    lines(*SIDE),
    want("uata", [("Task", {"prompt": "count"}, "five of them", False)], id="cc-1"),
    want("ua", texts=["count", "five of them"]),
    file="a.jsonl",
)
FORKED = [
    claude(1, "user", {"role": "user", "content": "First wording"}),
    claude(2, "assistant", by_model("m1", {"type": "text", "text": "An answer left behind"}), "u1"),
    claude(3, "user", {"role": "user", "content": "Second wording"}),
    claude(4, "assistant", by_model("m2", {"type": "text", "text": "An answer kept"}), "u3"),
    claude(5, "user", {"role": "user", "content": "And then?"}, "u2"),
    claude(6, "assistant", by_model("m3", {"type": "text", "text": "Gone too"}), "u5"),
    claude(7, "user", {"role": "user", "content": "Or else?"}, "u2"),
    claude(8, "assistant", by_model("m4", {"type": "text", "text": "Stays"}), "u7"),
]
case(
    "claude code, a prompt taken back",
    lines(*FORKED[:2], *FORKED[4:]),
    want("uaua", texts=["First wording", "An answer left behind", "Or else?", "Stays"]),
    file="f.jsonl",
)
STREAM = [
    {
        "type": "system",
        "subtype": "init",
        "session_id": "st-1",
        "tools": ["Bash"],
        "model": "claude-x",
        "cwd": "/tmp",
        "permissionMode": "default",
    },
    {
        "type": "assistant",
        "message": by_model("m1", use("t1", "Bash", {"command": "ls"})),
        "parent_tool_use_id": None,
        "session_id": "st-1",
    },
    {
        "type": "user",
        "message": result("t1", "basket.py"),
        "parent_tool_use_id": None,
        "session_id": "st-1",
    },
    {
        "type": "assistant",
        "message": by_model("m2", {"type": "text", "text": "One file."}),
        "session_id": "st-1",
    },
    {
        "type": "result",
        "subtype": "success",
        "is_error": False,
        "result": "One file.",
        "session_id": "st-1",
        "total_cost_usd": 0.01,
        "num_turns": 2,
    },
]
case(
    "claude code stream",
    lines(*STREAM),
    want("ata", [("Bash", {"command": "ls"}, "basket.py", False)], id="st-1", agent="claude-x"),
    file="s.jsonl",
)


def rollout(n, kind, payload):
    return {"timestamp": f"2026-03-02T08:00:{n:02d}.000Z", "type": kind, "payload": payload}


CODEX = [
    rollout(
        0,
        "session_meta",
        {
            "id": "cx-1",
            "timestamp": "2026-03-02T08:00:00Z",
            "cwd": "/srv/shop",
            "originator": "codex_cli_rs",
            "cli_version": "0.50.0",
            "instructions": None,
            "git": {"branch": "main"},
        },
    ),
    rollout(
        1,
        "response_item",
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "Run the checks"}],
        },
    ),
    rollout(1, "event_msg", {"type": "user_message", "message": "Run the checks", "kind": "plain"}),
    rollout(
        2,
        "turn_context",
        {"cwd": "/srv/shop", "approval_policy": "never", "model": "gpt-codex", "effort": "low"},
    ),
    rollout(
        3,
        "response_item",
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "running"}],
            "content": None,
            "encrypted_content": "gAAA",
        },
    ),
    rollout(
        4,
        "response_item",
        {
            "type": "function_call",
            "name": "shell",
            "arguments": '{"command": ["make", "check"]}',
            "call_id": "call_1",
        },
    ),
    rollout(
        5,
        "response_item",
        {
            "type": "function_call_output",
            "call_id": "call_1",
            "output": '{"output": "2 failed", "metadata": {"exit_code": 1, "duration_seconds": 0.4}}',
        },
    ),
    rollout(
        6,
        "response_item",
        {
            "type": "custom_tool_call",
            "status": "completed",
            "call_id": "call_2",
            "name": "apply_patch",
            "input": "*** Begin Patch\n*** End Patch",
        },
    ),
    rollout(
        7,
        "response_item",
        {
            "type": "custom_tool_call_output",
            "call_id": "call_2",
            "output": "Success. Updated basket.py",
        },
    ),
    rollout(8, "event_msg", {"type": "agent_message", "message": "Both are mended."}),
    rollout(
        8,
        "response_item",
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Both are mended."}],
        },
    ),
    rollout(
        9, "event_msg", {"type": "token_count", "info": {"total_token_usage": {"total_tokens": 90}}}
    ),
]
case(
    "codex rollout",
    lines(*CODEX),
    want(
        "uatata",
        [
            (
                "shell",
                {"command": ["make", "check"]},
                {"output": "2 failed", "metadata": {"exit_code": 1, "duration_seconds": 0.4}},
                True,
            ),
            (
                "apply_patch",
                {"input": "*** Begin Patch\n*** End Patch"},
                "Success. Updated basket.py",
                False,
            ),
        ],
        id="cx-1",
        agent="gpt-codex",
        texts=["Run the checks", "Both are mended."],
    ),
    file="rollout.jsonl",
)
case(
    "codex rollout, older",
    lines(
        {"id": "cx-0", "timestamp": "2025-06-01T00:00:00Z", "instructions": None},
        {"record_type": "state"},
        {
            "type": "message",
            "id": None,
            "role": "user",
            "content": [{"type": "input_text", "text": "List them"}],
        },
        {
            "type": "function_call",
            "id": "fc_1",
            "name": "shell",
            "arguments": '{"command": ["ls"]}',
            "call_id": "c1",
        },
        {
            "type": "function_call_output",
            "call_id": "c1",
            "output": '{"output": "a", "metadata": {"exit_code": 0}}',
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "One."}],
        },
    ),
    want(
        "uata",
        [("shell", {"command": ["ls"]}, {"output": "a", "metadata": {"exit_code": 0}}, False)],
        id="cx-0",
    ),
    file="rollout-old.jsonl",
)
case(
    "codex exec stream",
    lines(
        {"type": "thread.started", "thread_id": "th-1"},
        {"type": "turn.started"},
        {
            "type": "item.completed",
            "item": {"id": "item_0", "type": "reasoning", "text": "thinking about it"},
        },
        {
            "type": "item.started",
            "item": {
                "id": "item_1",
                "type": "command_execution",
                "command": "ls",
                "status": "in_progress",
            },
        },
        {
            "type": "item.completed",
            "item": {
                "id": "item_1",
                "type": "command_execution",
                "command": "ls",
                "aggregated_output": "basket.py\n",
                "exit_code": 0,
                "status": "completed",
            },
        },
        {
            "type": "item.completed",
            "item": {"id": "item_2", "type": "agent_message", "text": "One file."},
        },
        {"type": "turn.completed", "usage": {"input_tokens": 5}},
    ),
    want(
        "ata",
        [("command_execution", {"command": "ls"}, "basket.py\n", False)],
        id="th-1",
        texts=["One file."],
    ),
    file="exec.jsonl",
)

# --- voice ----------------------------------------------------------------------------------------
ELEVEN = {
    "agent_id": "agent_77",
    "agent_name": "Front desk",
    "status": "done",
    "conversation_id": "conv_5",
    "transcript": [
        {
            "role": "agent",
            "message": "Hotel Lind, good evening",
            "time_in_call_secs": 0,
            "tool_calls": [],
            "tool_results": [],
        },
        {
            "role": "user",
            "message": "A late breakfast please",
            "time_in_call_secs": 4,
            "tool_calls": [],
            "tool_results": [],
        },
        {
            "role": "agent",
            "message": None,
            "time_in_call_secs": 6,
            "tool_calls": [
                {
                    "request_id": "r1",
                    "type": "webhook",
                    "tool_name": "order",
                    "params_as_json": '{"what": "breakfast"}',
                    "tool_has_been_called": True,
                }
            ],
            "tool_results": [],
        },
        {
            "role": "agent",
            "message": None,
            "time_in_call_secs": 7,
            "tool_calls": [],
            "tool_results": [
                {
                    "request_id": "r1",
                    "type": "webhook",
                    "tool_name": "order",
                    "result_value": "kitchen closed",
                    "is_error": True,
                    "tool_has_been_called": True,
                }
            ],
        },
        {
            "role": "agent",
            "message": "The kitchen is closed.",
            "time_in_call_secs": 9,
            "feedback": {"score": "dislike", "time_in_call_secs": 11},
        },
    ],
    "metadata": {
        "start_time_unix_secs": 1760000000,
        "call_duration_secs": 12,
        "feedback": {"overall_score": None, "likes": 0, "dislikes": 1},
    },
    "analysis": {
        "call_successful": "failure",
        "transcript_summary": "No breakfast",
        "evaluation_criteria_results": {
            "polite": {"criteria_id": "polite", "result": "success", "rationale": "calm words"}
        },
    },
}
ORDERED = [("order", {"what": "breakfast"}, "kitchen closed", True)]
case(
    "elevenlabs conversation",
    ELEVEN,
    want("auata", ORDERED, id="conv_5", success=False, agent="Front desk"),
)
case(
    "elevenlabs webhook",
    {"type": "post_call_transcription", "event_timestamp": 1760000020, "data": ELEVEN},
    want("auata", ORDERED, id="conv_5", success=False),
)
RETELL = {
    "call_id": "call_12",
    "agent_id": "oBeD",
    "agent_name": "Booking",
    "call_status": "ended",
    "transcript": "Agent: Hello\nUser: A table for two",
    "transcript_object": [
        {
            "role": "agent",
            "content": "Hello",
            "words": [{"word": "Hello", "start": 0.1, "end": 0.4}],
        },
        {"role": "user", "content": "A table for two", "words": []},
        {"role": "agent", "content": "We are full.", "words": []},
    ],
    "transcript_with_tool_calls": [
        {
            "role": "agent",
            "content": "Hello",
            "words": [{"word": "Hello", "start": 0.1, "end": 0.4}],
        },
        {"role": "user", "content": "A table for two", "words": []},
        {"role": "node_transition", "former_node_id": "n1", "new_node_id": "n2"},
        {
            "role": "tool_call_invocation",
            "tool_call_id": "tc",
            "name": "book",
            "arguments": '{"seats": 2}',
        },
        {
            "role": "tool_call_result",
            "tool_call_id": "tc",
            "content": '{"ok": false}',
            "successful": True,
        },
        {"role": "agent", "content": "We are full.", "words": []},
    ],
    "disconnection_reason": "user_hangup",
    "call_analysis": {
        "call_summary": "No table",
        "user_sentiment": "Negative",
        "call_successful": False,
    },
}
BOOKED = [("book", {"seats": 2}, {"ok": False}, False)]
case("retell call", RETELL, want("auata", BOOKED, id="call_12", success=False, agent="Booking"))
case(
    "retell webhook",
    {"event": "call_analyzed", "call": RETELL},
    want("auata", BOOKED, id="call_12", success=False),
)
case(
    "retell chat",
    {
        "chat_id": "chat_4",
        "agent_id": "a",
        "chat_status": "ended",
        "transcript": "Agent: Hi\nUser: Bye",
        "message_with_tool_calls": [
            {"message_id": "m1", "role": "agent", "content": "Hi", "created_timestamp": 1},
            {"message_id": "m2", "role": "user", "content": "Bye", "created_timestamp": 2},
        ],
        "chat_analysis": {"chat_successful": True, "chat_summary": "short"},
    },
    want("au", id="chat_4", success=True),
)
VAPI = {
    "id": "vc-1",
    "orgId": "o1",
    "assistantId": "as-9",
    "assistant": {"name": "Clinic line", "model": {"provider": "openai"}},
    "type": "inboundPhoneCall",
    "status": "ended",
    "endedReason": "customer-ended-call",
    "createdAt": "2026-01-05T10:00:00Z",
    "messages": [
        {"role": "system", "message": "You answer for a clinic.", "time": 1, "secondsFromStart": 0},
        {
            "role": "bot",
            "message": "Clinic, hello.",
            "time": 2,
            "endTime": 3,
            "secondsFromStart": 1,
            "duration": 900,
        },
        {
            "role": "user",
            "message": "Cancel my visit",
            "time": 4,
            "endTime": 5,
            "secondsFromStart": 3,
        },
        {
            "role": "tool_calls",
            "message": "",
            "time": 6,
            "secondsFromStart": 5,
            "toolCalls": [
                {
                    "id": "call_v",
                    "type": "function",
                    "function": {"name": "cancel_visit", "arguments": '{"day": "Monday"}'},
                }
            ],
        },
        {
            "role": "tool_call_result",
            "name": "cancel_visit",
            "result": '{"cancelled": true}',
            "toolCallId": "call_v",
            "time": 7,
            "secondsFromStart": 6,
        },
        {
            "role": "bot",
            "message": "It is cancelled.",
            "time": 8,
            "endTime": 9,
            "secondsFromStart": 7,
        },
    ],
    "transcript": "AI: Clinic, hello.\nUser: Cancel my visit\n",
    "analysis": {"summary": "A cancelled visit", "successEvaluation": "true"},
    "cost": 0.02,
}
VAPI["artifact"] = {
    "messages": VAPI["messages"],
    "transcript": VAPI["transcript"],
    "recordingUrl": "https://example.com/a.wav",
}
VISIT = [("cancel_visit", {"day": "Monday"}, {"cancelled": True}, False)]
case("vapi call", VAPI, want("sauata", VISIT, id="vc-1", success=True, agent="Clinic line"))
NO_MESSAGES = {k: v for k, v in VAPI.items() if k != "messages"}
case(
    "vapi call, messages in the artifact",
    [NO_MESSAGES],
    want("sauata", VISIT, id="vc-1", success=True, agent="Clinic line"),
)
case(
    "vapi end of call report",
    {
        "message": {
            "type": "end-of-call-report",
            "endedReason": "hangup",
            "call": {"id": "vc-1", "assistantId": "as-9"},
            "artifact": VAPI["artifact"],
            "analysis": VAPI["analysis"],
            "timestamp": 12,
        }
    },
    want("sauata", VISIT, id="vc-1", success=True),
)

# --- AI SDK ---------------------------------------------------------------------------------------
UI = [
    {
        "id": "u1",
        "role": "user",
        "parts": [{"type": "text", "text": "Claim for case 5"}],
        "createdAt": "2026-01-01T00:00:00Z",
    },
    {
        "id": "a1",
        "role": "assistant",
        "metadata": {"model": "m-1"},
        "parts": [
            {"type": "step-start"},
            {"type": "reasoning", "text": "find it", "state": "done"},
            {"type": "text", "text": "Let me look.", "state": "done"},
            {
                "type": "tool-find",
                "toolCallId": "k1",
                "state": "output-available",
                "input": {"n": 5},
                "output": {"state": "lost"},
            },
            {"type": "step-start"},
            {
                "type": "dynamic-tool",
                "toolName": "open_claim",
                "toolCallId": "k2",
                "state": "output-error",
                "input": {"n": 5},
                "errorText": "claims are closed",
            },
            {
                "type": "source-url",
                "sourceId": "s1",
                "url": "https://example.com/help",
                "title": "Help page",
            },
            {"type": "data-weather", "id": "d1", "data": {"city": "Oslo"}},
            {"type": "text", "text": "Claims are closed."},
        ],
    },
]
CLAIM = [
    ("find", {"n": 5}, {"state": "lost"}, False),
    ("open_claim", {"n": 5}, "claims are closed", True),
]
case("ai sdk ui messages", {"id": "chat-2", "messages": UI}, want("uatata", CLAIM, id="chat-2"))
case(
    "ai sdk rows of a database",
    [{**m, "chatId": "c-1"} for m in UI],
    want("uatata", CLAIM, id="c-1"),
)
case(
    "ai sdk 4 messages",
    [
        {
            "id": "old",
            "messages": [
                {"id": "1", "role": "user", "content": "Weather?"},
                {
                    "id": "2",
                    "role": "assistant",
                    "content": "Cold.",
                    "toolInvocations": [
                        {
                            "state": "result",
                            "step": 0,
                            "toolCallId": "w",
                            "toolName": "weather",
                            "args": {"city": "Oslo"},
                            "result": {"deg": -3},
                        }
                    ],
                },
            ],
        }
    ],
    want("uata", [("weather", {"city": "Oslo"}, {"deg": -3}, False)], id="old"),
)

# --- help desks -----------------------------------------------------------------------------------
case(
    "chatwoot conversation",
    {
        "id": 31,
        "status": "resolved",
        "channel": "Channel::WebWidget",
        "account_id": 1,
        "inbox_id": 2,
        "meta": {
            "sender": {"id": 4, "name": "Ida", "type": "contact"},
            "assignee": {"id": 8, "name": "Tom"},
        },
        "messages": [
            {
                "id": 1,
                "content": "Where is my lamp?",
                "message_type": 0,
                "private": False,
                "created_at": 1767000000,
                "conversation_id": 31,
                "content_type": "text",
                "sender": {"id": 4, "name": "Ida", "type": "contact"},
            },
            {
                "id": 2,
                "content": "Conversation was assigned to Tom",
                "message_type": 2,
                "private": False,
                "created_at": 1767000010,
                "conversation_id": 31,
                "content_type": "text",
            },
            {
                "id": 3,
                "content": "She is a good customer",
                "message_type": 1,
                "private": True,
                "created_at": 1767000015,
                "conversation_id": 31,
                "sender": {"id": 8, "name": "Tom", "type": "user"},
            },
            {
                "id": 4,
                "content": "It left today.",
                "message_type": 1,
                "private": False,
                "created_at": 1767000020,
                "conversation_id": 31,
                "sender": {"id": 8, "name": "Tom", "type": "user"},
            },
            {
                "id": 5,
                "content": "Please rate us",
                "message_type": 3,
                "private": False,
                "created_at": 1767000030,
                "conversation_id": 31,
                "content_type": "input_csat",
                "content_attributes": {
                    "submitted_values": {
                        "csat_survey_response": {"rating": 5, "feedback_message": "lovely"}
                    }
                },
            },
        ],
    },
    want("uaa", id="31", satisfaction=5.0),
)
case(
    "chatwoot page",
    {
        "meta": {"assignee": {"name": "Tom"}},
        "payload": [
            {
                "id": 1,
                "content": "Where?",
                "message_type": 0,
                "private": False,
                "created_at": 1,
                "conversation_id": 32,
                "sender": {"type": "contact"},
            },
            {
                "id": 2,
                "content": "There.",
                "message_type": 1,
                "private": False,
                "created_at": 2,
                "conversation_id": 32,
                "sender": {"type": "user"},
            },
        ],
    },
    want("ua", id="32", texts=["Where?", "There."]),
)
case(
    "freshdesk ticket",
    {
        "id": 901,
        "subject": "Broken kettle",
        "description": "<div>My kettle broke</div>",
        "description_text": "My kettle broke",
        "requester_id": 55,
        "responder_id": 7,
        "status": 5,
        "priority": 1,
        "source": 2,
        "created_at": "2026-01-01T08:00:00Z",
        "tags": ["kitchen"],
        "conversations": [
            {
                "id": 2,
                "body": "<p>Call him first</p>",
                "body_text": "Call him first",
                "incoming": False,
                "private": True,
                "user_id": 7,
                "created_at": "2026-01-01T09:00:00Z",
            },
            {
                "id": 3,
                "body": "<p>Thanks</p>",
                "body_text": "Thanks",
                "incoming": True,
                "private": False,
                "user_id": 55,
                "created_at": "2026-01-01T11:00:00Z",
            },
            {
                "id": 1,
                "body": "<p>A new one is coming</p>",
                "body_text": "A new one is coming",
                "incoming": False,
                "private": False,
                "user_id": 7,
                "created_at": "2026-01-01T10:00:00Z",
            },
        ],
        "satisfaction_rating": {"ratings": {"default_question": 103}, "feedback": "quick"},
    },
    want(
        "uau",
        id="901",
        texts=["My kettle broke", "A new one is coming", "Thanks"],
        satisfaction=5.0,
    ),
)
case(
    "freshdesk export",
    [
        {
            "helpdesk_ticket": {
                "id": 5,
                "display_id": 44,
                "subject": "Lid",
                "description": "The lid is gone",
                "status_name": "Closed",
                "requester_id": 1,
                "helpdesk_notes": [
                    {
                        "body": "Sent one",
                        "incoming": False,
                        "private": False,
                        "created_at": "2026-01-02T00:00:00Z",
                        "user_id": 2,
                    }
                ],
            }
        }
    ],
    want("ua", texts=["The lid is gone", "Sent one"]),
)
case(
    "gorgias ticket",
    {
        "id": 66,
        "uri": "/api/tickets/66/",
        "channel": "email",
        "status": "closed",
        "subject": "Size",
        "customer": {"id": 9, "name": "Ulla"},
        "assignee_user": {"id": 3, "name": "Rosa"},
        "satisfaction_survey": {"id": 1, "score": 2, "body_text": "too slow"},
        "messages": [
            {
                "id": 1,
                "ticket_id": 66,
                "public": True,
                "from_agent": False,
                "channel": "email",
                "via": "email",
                "sender": {"id": 9, "name": "Ulla"},
                "body_text": "Is there an M?\n> old mail",
                "stripped_text": "Is there an M?",
                "body_html": "<p>Is there an M?</p>",
                "created_datetime": "2026-01-01T08:00:00",
            },
            {
                "id": 2,
                "ticket_id": 66,
                "public": False,
                "from_agent": True,
                "channel": "internal-note",
                "via": "helpdesk",
                "sender": {"id": 3, "name": "Rosa"},
                "body_text": "check stock",
                "created_datetime": "2026-01-01T09:00:00",
            },
            {
                "id": 3,
                "ticket_id": 66,
                "public": True,
                "from_agent": True,
                "channel": "email",
                "via": "helpdesk",
                "sender": {"id": 3, "name": "Rosa"},
                "body_text": "Yes, one.",
                "created_datetime": "2026-01-01T10:00:00",
            },
        ],
    },
    want("ua", id="66", satisfaction=2.0, agent="Rosa"),
)
case(
    "front conversation",
    {
        "id": "cnv_1",
        "subject": "Invoice",
        "status": "archived",
        "assignee": {"id": "tea_1", "first_name": "Noor"},
        "recipient": {"handle": "a@example.com", "role": "from"},
        "tags": [{"name": "billing"}],
        "messages": [
            {
                "id": "msg_2",
                "type": "email",
                "is_inbound": False,
                "is_draft": False,
                "created_at": 1767000500.1,
                "body": "<div>Here it is</div>",
                "text": "Here it is",
                "author": {"id": "tea_1", "first_name": "Noor"},
                "recipients": [{"handle": "a@example.com", "role": "to"}],
            },
            {
                "id": "msg_1",
                "type": "email",
                "is_inbound": True,
                "is_draft": False,
                "created_at": 1767000000.1,
                "body": "<div>Send the invoice</div>",
                "text": "Send the invoice",
                "author": None,
                "recipients": [{"handle": "a@example.com", "role": "from"}],
            },
        ],
        "comments": [
            {
                "id": "com_1",
                "body": "known customer",
                "posted_at": 1767000100.0,
                "author": {"id": "tea_1"},
            }
        ],
    },
    want("ua", id="cnv_1", texts=["Send the invoice", "Here it is"]),
)
case(
    "hubspot thread",
    {
        "id": "88",
        "status": "CLOSED",
        "inboxId": "4",
        "associatedContactId": "12",
        "messages": [
            {
                "type": "THREAD_STATUS_CHANGE",
                "id": "e1",
                "conversationsThreadId": "88",
                "createdAt": "2026-01-01T08:00:05Z",
                "createdBy": "S-hubspot",
                "newStatus": "OPEN",
            },
            {
                "type": "MESSAGE",
                "id": "m1",
                "conversationsThreadId": "88",
                "createdAt": "2026-01-01T08:00:00Z",
                "createdBy": "V-12",
                "direction": "INCOMING",
                "text": "Do you ship to Malta?",
                "richText": "<p>Do you ship to Malta?</p>",
                "senders": [{"actorId": "V-12", "senderField": "FROM"}],
                "channelId": "1000",
                "status": {"statusType": "RECEIVED"},
            },
            {
                "type": "COMMENT",
                "id": "c1",
                "conversationsThreadId": "88",
                "createdAt": "2026-01-01T08:01:00Z",
                "createdBy": "A-5",
                "text": "ask logistics",
            },
            {
                "type": "MESSAGE",
                "id": "m2",
                "conversationsThreadId": "88",
                "createdAt": "2026-01-01T08:02:00Z",
                "createdBy": "A-5",
                "direction": "OUTGOING",
                "text": "We do.",
                "senders": [{"actorId": "A-5", "name": "Pia"}],
                "channelId": "1000",
                "status": {"statusType": "SENT"},
            },
        ],
    },
    want("ua", id="88", texts=["Do you ship to Malta?", "We do."]),
)
case(
    "hubspot page of messages",
    {
        "results": [
            {
                "type": "MESSAGE",
                "id": "m1",
                "conversationsThreadId": "89",
                "createdAt": "2026-01-01T08:00:00Z",
                "createdBy": "V-12",
                "direction": "INCOMING",
                "text": "Hello there",
                "senders": [{"actorId": "V-12"}],
            },
            {
                "type": "MESSAGE",
                "id": "m2",
                "conversationsThreadId": "89",
                "createdAt": "2026-01-01T08:01:00Z",
                "createdBy": "A-1",
                "direction": "OUTGOING",
                "text": "Good day",
                "senders": [{"actorId": "A-1"}],
            },
        ],
        "paging": {"next": {"after": "x"}},
    },
    want("ua", id="89"),
)
case(
    "salesforce live chat transcript",
    [
        {
            "Id": "570xx",
            "Name": "00001",
            "LiveChatVisitorId": "5Va",
            "CaseId": "500xx",
            "Status": "Completed",
            "OwnerId": "005",
            "Body": '<p align="center">Chat Started: Friday, January 02, 2026</p><p align="center">Chat Origin: Support</p>( 3s ) Mara: My code does not work<br>it says used<br>( 25s ) Agent Lev: Let me see<br>( 1m 5s ) Agent Lev: Try again<br>( 2m ) Mara: Works, thanks<br>',
        }
    ],
    want(
        "uaau",
        id="570xx",
        texts=["My code does not work\nit says used", "Let me see", "Try again", "Works, thanks"],
    ),
)
case(
    "salesforce conversation entries",
    {
        "conversationIdentifier": "conv-sf",
        "conversationEntries": [
            {
                "clientTimestamp": 1767000002000,
                "identifier": "e2",
                "messageText": "Which order?",
                "sender": {"appType": "agent", "role": "Agent", "subject": "005"},
                "serverReceivedTimestamp": 1767000002001,
            },
            {
                "clientTimestamp": 1767000001000,
                "identifier": "e1",
                "messageText": "It is late",
                "sender": {"appType": "conversation", "role": "EndUser", "subject": "v2"},
                "serverReceivedTimestamp": 1767000001001,
            },
            {
                "clientTimestamp": 1767000003000,
                "identifier": "e3",
                "messageText": "Order 7",
                "sender": {"appType": "conversation", "role": "EndUser", "subject": "v2"},
                "serverReceivedTimestamp": 1767000003001,
            },
        ],
    },
    want("uau", id="conv-sf", texts=["It is late", "Which order?", "Order 7"]),
)

# --- contact centres ------------------------------------------------------------------------------


def activity(n, kind, who, **more):
    return {
        "type": kind,
        "id": f"b|{n}",
        "timestamp": f"2026-02-02T10:00:{n:02d}.000Z",
        "channelId": "emulator",
        "from": who,
        "conversation": {"id": "bf-1"},
        **more,
    }


PERSON, ROBOT = (
    {"id": "u-1", "name": "User", "role": "user"},
    {"id": "b-1", "name": "Lobby", "role": "bot"},
)
BOT = [
    activity(0, "conversationUpdate", PERSON, membersAdded=[{"id": "b-1", "name": "Lobby"}]),
    activity(1, "message", ROBOT, text="Welcome to the lobby", inputHint="acceptingInput"),
    activity(2, "typing", ROBOT),
    activity(3, "message", PERSON, text="Reset my badge", textFormat="plain"),
    activity(
        4,
        "trace",
        ROBOT,
        name="BotState",
        valueType="https://www.botframework.com/schemas/botState",
        value={"userState": {"badge": "B-55"}},
    ),
    activity(
        5,
        "message",
        ROBOT,
        text=None,
        attachments=[
            {
                "contentType": "application/vnd.microsoft.card.hero",
                "content": {"title": "Badge renewed", "text": "Pick it up"},
            }
        ],
    ),
]
case("bot framework transcript", BOT, want("aua", id="bf-1", agent="Lobby"), file="talk.transcript")
case("bot framework transcript in json", BOT, want("aua", id="bf-1"))
case(
    "copilot studio transcript",
    [
        {
            "conversationtranscriptid": "ct-1",
            "conversationstarttime": "2026-02-02",
            "schematype": "powervirtualagents",
            "content": text(
                {
                    "activities": [
                        {
                            "valueType": "ConversationInfo",
                            "id": "0",
                            "type": "trace",
                            "timestamp": 1767000000,
                            "from": {"id": "", "role": 0},
                            "value": {"locale": "en"},
                        },
                        {
                            "id": "1",
                            "type": "message",
                            "timestamp": 1767000001,
                            "from": {"id": "aad", "role": 1},
                            "text": "Who won the raffle?",
                            "channelId": "web",
                        },
                        {
                            "id": "2",
                            "type": "message",
                            "timestamp": 1767000002,
                            "from": {"id": "bot", "role": 0},
                            "text": "Ticket 12.",
                            "channelId": "web",
                        },
                        {
                            "valueType": "CSATSurveyResponse",
                            "id": "3",
                            "type": "trace",
                            "timestamp": 1767000003,
                            "from": {"id": "", "role": 0},
                            "value": {"score": 4, "comment": "fine"},
                        },
                        {
                            "valueType": "SessionInfo",
                            "id": "4",
                            "type": "trace",
                            "timestamp": 1767000004,
                            "from": {"id": "", "role": 0},
                            "value": {"outcome": "Resolved", "type": "Engaged", "turnCount": 1},
                        },
                    ]
                }
            ),
        }
    ],
    want("ua", id="ct-1", success=True, satisfaction=4.0),
)


def connect(n, role, **more):
    return {
        "AbsoluteTime": f"2026-02-03T11:00:{n:02d}.000Z",
        "Id": f"i{n}",
        "ParticipantId": f"p-{role}",
        "DisplayName": role.title(),
        "ParticipantRole": role,
        **more,
    }


CONNECT = {
    "Version": "2019-08-26",
    "AWSAccountId": "1",
    "InstanceId": "in",
    "InitialContactId": "co-1",
    "ContactId": "co-1",
    "Participants": [{"ParticipantId": "p-CUSTOMER"}],
    "Transcript": [
        connect(
            0,
            "CUSTOMER",
            Type="EVENT",
            ContentType="application/vnd.amazonaws.connect.event.participant.joined",
        ),
        connect(
            1, "SYSTEM", Type="MESSAGE", ContentType="text/plain", Content="You are in the queue"
        ),
        connect(
            2, "CUSTOM_BOT", Type="MESSAGE", ContentType="text/markdown", Content="How can I help?"
        ),
        connect(3, "CUSTOMER", Type="MESSAGE", ContentType="text/plain", Content="Unlock my card"),
        connect(4, "AGENT", Type="MESSAGE", ContentType="text/plain", Content="It is open again"),
        connect(
            5,
            "AGENT",
            Type="EVENT",
            ContentType="application/vnd.amazonaws.connect.event.chat.ended",
        ),
    ],
}
case(
    "amazon connect chat",
    CONNECT,
    want("saua", id="co-1", texts=["How can I help?", "Unlock my card", "It is open again"]),
)
LENS = {
    "Version": "1.1.0",
    "AccountId": "1",
    "Channel": "VOICE",
    "ContentMetadata": {"Output": "Raw"},
    "JobStatus": "COMPLETED",
    "LanguageCode": "en-US",
    "CustomerMetadata": {"ContactId": "lens-1", "InstanceId": "in"},
    "Participants": [
        {"ParticipantId": "p0", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p1", "ParticipantRole": "CUSTOMER"},
    ],
    "Categories": {"MatchedCategories": ["Unlock"], "MatchedDetails": {}},
    "ConversationCharacteristics": {"Sentiment": {"OverallSentiment": {"CUSTOMER": 2.1}}},
    "Transcript": [
        {
            "ParticipantId": "p0",
            "Id": "t1",
            "Content": "Bank Nord, good day",
            "BeginOffsetMillis": 0,
            "EndOffsetMillis": 900,
            "Sentiment": "NEUTRAL",
            "LoudnessScore": [70],
        },
        {
            "ParticipantId": "p1",
            "Id": "t2",
            "Content": "My card is locked",
            "BeginOffsetMillis": 1000,
            "EndOffsetMillis": 2000,
            "Sentiment": "NEGATIVE",
        },
    ],
}
case(
    "amazon contact lens",
    LENS,
    want("au", id="lens-1", texts=["Bank Nord, good day", "My card is locked"]),
)
ANON = {
    **LENS,
    "Participants": [{"ParticipantId": r, "ParticipantRole": r} for r in ("AGENT", "CUSTOMER")],
    "Transcript": [
        {**t, "ParticipantId": r} for t, r in zip(LENS["Transcript"], ("AGENT", "CUSTOMER"))
    ],
}
case("amazon contact lens, ids that are roles", ANON, want("au", id="lens-1"))
case(
    "contact lens real time segments",
    {
        "Channel": "VOICE",
        "Segments": [
            {
                "Transcript": {
                    "Id": "1",
                    "ParticipantId": "a",
                    "ParticipantRole": "CUSTOMER",
                    "Content": "Hello bank",
                    "BeginOffsetMillis": 1,
                    "EndOffsetMillis": 2,
                    "Sentiment": "NEUTRAL",
                }
            },
            {"Categories": {"MatchedCategories": ["x"], "MatchedDetails": {}}},
            {
                "Transcript": {
                    "Id": "2",
                    "ParticipantId": "b",
                    "ParticipantRole": "AGENT",
                    "Content": "Hello caller",
                    "BeginOffsetMillis": 3,
                    "EndOffsetMillis": 4,
                }
            },
        ],
    },
    want("ua"),
)

# --- evaluations ----------------------------------------------------------------------------------
case(
    "braintrust experiment rows",
    lines(
        {
            "id": "r1",
            "span_id": "s1",
            "root_span_id": "s1",
            "is_root": True,
            "experiment_id": "e",
            "input": [{"role": "user", "content": "two plus two"}],
            "output": "four",
            "expected": "four",
            "scores": {"ExactMatch": 1},
            "metadata": {"model": "m-2"},
            "created": "2026-01-01",
            "tags": None,
        }
    ),
    want("ua", id="r1", success=True, agent="m-2"),
    file="bt.jsonl",
)
BRAIN = [
    {
        "id": "b0",
        "span_id": "p0",
        "root_span_id": "p0",
        "span_parents": None,
        "is_root": True,
        "created": "2026-01-01T00:00:00Z",
        "project_id": "pr",
        "input": "Is shop 3 open?",
        "output": "It is open.",
        "scores": {"Helpful": 1},
        "span_attributes": {"name": "agent", "type": "task"},
        "metrics": {"start": 1.0, "end": 9.0},
    },
    {
        "id": "b2",
        "span_id": "p2",
        "root_span_id": "p0",
        "span_parents": ["p0"],
        "is_root": False,
        "created": "2026-01-01T00:00:02Z",
        "project_id": "pr",
        "input": {"shop": 3},
        "output": {"open": True},
        "span_attributes": {"name": "hours", "type": "tool"},
        "metrics": {"start": 4.0, "end": 5.0},
    },
    {
        "id": "b1",
        "span_id": "p1",
        "root_span_id": "p0",
        "span_parents": ["p0"],
        "is_root": False,
        "created": "2026-01-01T00:00:01Z",
        "project_id": "pr",
        "input": [{"role": "user", "content": "Is shop 3 open?"}],
        "output": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "hours", "arguments": '{"shop": 3}'},
                        }
                    ],
                },
            }
        ],
        "span_attributes": {"name": "Chat Completion", "type": "llm"},
        "metadata": {"model": "m-3"},
        "metrics": {"start": 2.0, "end": 3.0},
    },
    {
        "id": "b3",
        "span_id": "p3",
        "root_span_id": "p0",
        "span_parents": ["p0"],
        "is_root": False,
        "created": "2026-01-01T00:00:03Z",
        "project_id": "pr",
        "input": [
            {"role": "user", "content": "Is shop 3 open?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "hours", "arguments": '{"shop": 3}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": '{"open": true}'},
        ],
        "output": [{"index": 0, "message": {"role": "assistant", "content": "It is open."}}],
        "span_attributes": {"name": "Chat Completion", "type": "llm"},
        "metadata": {"model": "m-3"},
        "metrics": {"start": 6.0, "end": 7.0},
    },
]
case(
    "braintrust spans of a log",
    lines(*BRAIN),
    want("uata", [("hours", {"shop": 3}, {"open": True}, False)], success=True),
    file="logs.jsonl",
)
VERIFIED = {
    "example_id": 3,
    "task": "tools",
    "prompt": [
        {"role": "system", "content": "Use tools."},
        {"role": "user", "content": "stock of pens?"},
    ],
    "completion": [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                '{"id": "t1", "type": "function", "function": {"name": "stock", "arguments": "{\\"item\\": \\"pens\\"}"}}'
            ],
        },
        {"role": "tool", "tool_call_id": "t1", "content": "12"},
        {"role": "assistant", "content": "Twelve."},
    ],
    "answer": "12",
    "reward": 1.0,
    "correct_answer": 1.0,
    "generation_ms": 10.5,
    "info": {"difficulty": "easy"},
    "stop_condition": "no_tools_called",
    "is_truncated": False,
}
case(
    "verifiers results",
    lines(VERIFIED, {**VERIFIED, "reward": 0.0}),
    want("suata", [("stock", {"item": "pens"}, 12, False)], success=True, task="3"),
    want("suata", [("stock", {"item": "pens"}, 12, False)], success=False, task="3"),
    file="results.jsonl",
)

# --- ADK ------------------------------------------------------------------------------------------
case(
    "adk session",
    {
        "id": "ad-1",
        "appName": "shop",
        "userId": "u",
        "state": {"step": 1},
        "lastUpdateTime": 5.0,
        "events": [
            {
                "id": "e0",
                "invocationId": "i1",
                "author": "user",
                "timestamp": 1.0,
                "content": {"role": "user", "parts": [{"text": "a green coat"}]},
                "actions": {"stateDelta": {}},
            },
            {
                "id": "e1",
                "invocationId": "i1",
                "author": "stylist",
                "timestamp": 2.0,
                "content": {
                    "role": "model",
                    "parts": [
                        {"functionCall": {"id": "adk-1", "name": "find", "args": {"q": "green"}}}
                    ],
                },
            },
            {
                "id": "e2",
                "invocationId": "i1",
                "author": "stylist",
                "timestamp": 3.0,
                "content": {
                    "role": "user",
                    "parts": [
                        {
                            "functionResponse": {
                                "id": "adk-1",
                                "name": "find",
                                "response": {"hits": 1},
                            }
                        }
                    ],
                },
            },
            {
                "id": "e3",
                "invocationId": "i1",
                "author": "stylist",
                "timestamp": 4.0,
                "content": {"role": "model", "parts": [{"text": "There is one."}]},
                "actions": {"stateDelta": {"seen": "coat"}},
            },
        ],
    },
    want("uata", [("find", {"q": "green"}, {"hits": 1}, False)], id="ad-1"),
)
EVALSET = {
    "eval_set_id": "set",
    "name": "home",
    "eval_cases": [
        {
            "eval_id": "lamps",
            "session_input": {"app_name": "home", "user_id": "u", "state": {}},
            "creation_timestamp": 1.0,
            "conversation": [
                {
                    "invocation_id": "i1",
                    "user_content": {"role": "user", "parts": [{"text": "Lamp off"}]},
                    "final_response": {"role": "model", "parts": [{"text": "It is off."}]},
                    "intermediate_data": {
                        "tool_uses": [{"id": "x", "name": "set_lamp", "args": {"on": False}}],
                        "tool_responses": [
                            {"id": "x", "name": "set_lamp", "response": {"ok": True}}
                        ],
                        "intermediate_responses": [["helper", [{"text": "On my way"}]]],
                    },
                },
                {
                    "invocation_id": "i2",
                    "user_content": {"role": "user", "parts": [{"text": "Thanks"}]},
                    "final_response": {"role": "model", "parts": [{"text": "Welcome."}]},
                    "intermediate_data": {"tool_uses": [], "intermediate_responses": []},
                },
            ],
        }
    ],
}
case(
    "adk eval set",
    EVALSET,
    want("uaataua", [("set_lamp", {"on": False}, {"ok": True}, False)], id="lamps", task="lamps"),
)
case(
    "adk eval set, camel case",
    {
        "evalSetId": "s",
        "evalCases": [
            {
                "evalId": "one",
                "conversation": [
                    {
                        "invocationId": "i",
                        "userContent": {"parts": [{"text": "Lamp on"}]},
                        "finalResponse": {"parts": [{"text": "It is on."}]},
                        "intermediateData": {
                            "toolUses": [{"name": "set_lamp", "args": {"on": True}}]
                        },
                    }
                ],
            }
        ],
    },
    want("uaa", [("set_lamp", {"on": True}, None, False)], id="one"),
)

# --- LangGraph ------------------------------------------------------------------------------------
GRAPH = [
    {"type": "human", "content": "Rent a bike", "id": "h1", "additional_kwargs": {}},
    {
        "type": "ai",
        "content": "",
        "id": "a1",
        "tool_calls": [{"name": "rent", "args": {"n": 1}, "id": "tc1", "type": "tool_call"}],
    },
    {
        "type": "tool",
        "content": '{"bike": 7}',
        "name": "rent",
        "tool_call_id": "tc1",
        "id": "t1",
        "status": "success",
    },
    {"type": "ai", "content": "Bike 7 is yours.", "id": "a2"},
]


def state(step, n, thread="th-5"):
    config = {"thread_id": thread, "checkpoint_id": f"k{step}", "checkpoint_ns": ""}
    return {
        "values": {"messages": GRAPH[:n]},
        "next": [],
        "tasks": [],
        "metadata": {"step": step, "source": "loop"},
        "created_at": f"2026-01-01T00:00:0{step}Z",
        "checkpoint": config,
        "parent_checkpoint": {**config, "checkpoint_id": f"k{step - 1}"} if step else None,
    }


RENTED = [("rent", {"n": 1}, {"bike": 7}, False)]
case(
    "langgraph history of a thread",
    [state(3, 4), state(2, 3), state(1, 2), state(0, 1)],
    want("uata", RENTED, id="th-5"),
)
case(
    "langgraph histories of two threads",
    lines(state(1, 2), state(0, 1), state(1, 4, "th-6"), state(3, 4)),
    want("uata", RENTED, id="th-5"),
    want("uata", RENTED, id="th-6"),
    file="h.jsonl",
)
case(
    "langgraph threads",
    [
        {
            "thread_id": "th-7",
            "status": "idle",
            "created_at": "2026-01-01",
            "metadata": {"graph_id": "bikes"},
            "values": {"messages": GRAPH},
            "interrupts": {},
        }
    ],
    want("uata", RENTED, id="th-7"),
)

# --- Rasa -----------------------------------------------------------------------------------------
case(
    "rasa tracker",
    {
        "sender_id": "ra-1",
        "slots": {"size": "large"},
        "paused": False,
        "latest_input_channel": "rest",
        "events": [
            {
                "event": "action",
                "timestamp": 1.0,
                "name": "action_session_start",
                "policy": None,
                "confidence": 1.0,
            },
            {"event": "session_started", "timestamp": 1.1},
            {"event": "action", "timestamp": 1.2, "name": "action_listen"},
            {
                "event": "user",
                "timestamp": 2.0,
                "text": "A large pizza",
                "parse_data": {
                    "intent": {"name": "order", "confidence": 0.9},
                    "entities": [{"entity": "size", "value": "large"}],
                },
                "input_channel": "rest",
                "message_id": "m1",
            },
            {"event": "slot", "timestamp": 2.1, "name": "size", "value": "large"},
            {
                "event": "action",
                "timestamp": 3.0,
                "name": "action_place_order",
                "policy": "RulePolicy",
                "confidence": 1.0,
            },
            {"event": "slot", "timestamp": 3.1, "name": "order_number", "value": "O-12"},
            {"event": "action", "timestamp": 3.2, "name": "utter_done"},
            {
                "event": "bot",
                "timestamp": 3.3,
                "text": "Order O-12 is on its way",
                "data": {"buttons": None},
                "metadata": {"utter_action": "utter_done"},
            },
            {"event": "action", "timestamp": 3.4, "name": "action_listen"},
        ],
    },
    want("uata", [("action_place_order", {}, {"order_number": "O-12"}, False)], id="ra-1"),
)
case(
    "rasa event broker",
    lines(
        {
            "sender_id": "ra-2",
            "event": "user",
            "timestamp": 1.0,
            "text": "Hello pizza",
            "parse_data": {"intent": {"name": "greet"}},
        },
        {"sender_id": "ra-3", "event": "user", "timestamp": 1.5, "text": "Goodbye"},
        {"sender_id": "ra-2", "event": "bot", "timestamp": 2.0, "text": "Hello guest", "data": {}},
        {"sender_id": "ra-3", "event": "bot", "timestamp": 2.5, "text": "See you", "data": {}},
    ),
    want("ua", id="ra-2"),
    want("ua", id="ra-3"),
    file="events.jsonl",
)

# --- chat applications ----------------------------------------------------------------------------
case(
    "whatsapp text",
    "12/01/2026, 09:15 - Shop: Welcome\n12/01/2026, 09:16 - Lea: Order 88 has not come\nand is late\n12/01/2026, 09:17 - Shop: Let me check.\n",
    want("aua", texts=["Welcome", "Order 88 has not come\nand is late", "Let me check."]),
    file="chat.txt",
    roles={"Shop": "assistant"},
)
case(
    "telegram export",
    {
        "name": "Lea",
        "type": "personal_chat",
        "id": 5,
        "messages": [
            {
                "id": 1,
                "type": "message",
                "date": "2026-01-01T10:00:00",
                "from": "Lea",
                "from_id": "user1",
                "text": ["Order ", {"type": "bold", "text": "88"}, " is late"],
            },
            {
                "id": 2,
                "type": "service",
                "date": "2026-01-01T10:00:30",
                "actor": "Shop",
                "action": "pin_message",
                "text": "",
            },
            {
                "id": 3,
                "type": "message",
                "date": "2026-01-01T10:01:00",
                "from": "Shop",
                "from_id": "user2",
                "text": "Let me check.",
            },
        ],
    },
    want("ua", texts=["Order 88 is late", "Let me check."], id="5"),
    roles={"Shop": "assistant"},
)
case(
    "discord export",
    {
        "guild": {"name": "Shop"},
        "channel": {"id": "c9", "name": "help"},
        "messages": [
            {
                "id": "1",
                "type": "Default",
                "timestamp": "2026-01-01T10:00:00",
                "content": "My order is late",
                "author": {"id": "7", "name": "lea", "isBot": False},
            },
            {
                "id": "2",
                "type": "Default",
                "timestamp": "2026-01-01T10:00:09",
                "content": "Checking it",
                "author": {"id": "8", "name": "helper", "isBot": True},
            },
        ],
    },
    want("ua", texts=["My order is late", "Checking it"]),
)
case(
    "slack channel",
    [
        {
            "type": "message",
            "user": "U1",
            "text": "The printer is jammed",
            "ts": "1767000000.000100",
            "thread_ts": "1767000000.000100",
        },
        {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": "B1",
            "username": "desk",
            "text": "Which floor?",
            "ts": "1767000005.000100",
            "thread_ts": "1767000000.000100",
        },
        {
            "type": "message",
            "user": "U1",
            "text": "Third",
            "ts": "1767000009.000100",
            "thread_ts": "1767000000.000100",
        },
    ],
    want("uau", id="1767000000.000100"),
)

# --- published dialogues --------------------------------------------------------------------------
case(
    "abcd",
    {
        "train": [
            {
                "convo_id": 3592,
                "scenario": {
                    "personal": {"customer_name": "crystal minh"},
                    "flow": "product_defect",
                    "subflow": "return_size",
                },
                "original": [
                    ["agent", "Hello! How may I help?"],
                    ["customer", "The jacket is too small"],
                    ["action", "Account has been pulled up for crystal minh."],
                    ["agent", "Found you."],
                ],
                "delexed": [
                    {
                        "speaker": "agent",
                        "text": "hello! how may i help?",
                        "turn_count": 1,
                        "targets": ["return_size", "retrieve_utterance", None, [], 3],
                        "candidates": [1],
                    },
                    {
                        "speaker": "customer",
                        "text": "the jacket is too small",
                        "turn_count": 2,
                        "targets": ["return_size", None, None, [], -1],
                        "candidates": [],
                    },
                    {
                        "speaker": "action",
                        "text": "account has been pulled up for <name>.",
                        "turn_count": 3,
                        "targets": [
                            "return_size",
                            "take_action",
                            "pull-up-account",
                            ["crystal minh"],
                            -1,
                        ],
                        "candidates": [],
                    },
                    {
                        "speaker": "agent",
                        "text": "found you.",
                        "turn_count": 4,
                        "targets": ["return_size", "retrieve_utterance", None, [], 9],
                        "candidates": [],
                    },
                ],
            }
        ],
        "dev": [],
    },
    want(
        "auata",
        [
            (
                "pull-up-account",
                {"values": ["crystal minh"]},
                "Account has been pulled up for crystal minh.",
                False,
            )
        ],
        id="3592",
    ),
)
case(
    "airdialogue",
    lines(
        {
            "action": {"status": "book", "name": "Ann Gray", "flight": [1027]},
            "intent": {"goal": "book", "name": "Ann Gray", "max_price": 200},
            "expected_action": {"status": "book", "name": "Ann Gray", "flight": [1027]},
            "correct_sample": True,
            "timestamps": [1, 2],
            "dialogue": [
                "customer: Hello, a flight please",
                "agent: Your name?",
                "customer: Ann Gray",
                "agent: Booked.",
            ],
            "search_info": [],
        }
    ),
    want("uauaa", [("book", {"name": "Ann Gray", "flight": [1027]}, None, False)], success=True),
    file="air.json",
)
case(
    "multiwoz",
    {
        "SNG01.json": {
            "goal": {"taxi": {"info": {"leaveAt": "17:15"}}},
            "log": [
                {"text": "I need a taxi", "metadata": {}},
                {
                    "text": "From where?",
                    "metadata": {"taxi": {"book": {"booked": []}, "semi": {"departure": ""}}},
                    "dialog_act": {"Taxi-Request": [["Depart", "?"]]},
                },
            ],
        },
        "SNG02.json": {
            "goal": {},
            "log": [
                {"text": "A train", "metadata": {}},
                {"text": "What day?", "metadata": {"train": {}}},
            ],
        },
    },
    want("ua", id="SNG01.json"),
    want("ua", id="SNG02.json"),
)
case(
    "toolace",
    [
        {
            "system": 'You know these functions: [{"name": "Market Trends"}]',
            "conversations": [
                {"from": "user", "value": "Trends in Peru and Chile?"},
                {
                    "from": "assistant",
                    "value": '[Market Trends(country="Peru", top=3), Market Trends(country="Chile", filters={"open": True})]',
                },
                {
                    "from": "tool",
                    "value": '[{"name": "Market Trends", "results": {"up": 2}}, {"name": "Market Trends", "results": {"up": 1}}]',
                },
                {"from": "assistant", "value": "Two and one."},
            ],
        }
    ],
    want(
        "suatta",
        [
            ("Market Trends", {"country": "Peru", "top": 3}, {"up": 2}, False),
            ("Market Trends", {"country": "Chile", "filters": {"open": True}}, {"up": 1}, False),
        ],
    ),
)
case(
    "xlam",
    [
        {
            "id": 0,
            "query": "Live giveaways for beta access?",
            "answers": '[{"name": "live_giveaways", "arguments": {"type": "beta"}}]',
            "tools": '[{"name": "live_giveaways", "description": "Lists them", "parameters": {"type": {"type": "str"}}}]',
        }
    ],
    want("ua", [("live_giveaways", {"type": "beta"}, None, False)], id="0"),
)

# --- logs of platforms ----------------------------------------------------------------------------


def converse(messages, reply, n):
    return {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": f"2026-01-01T00:00:0{n}Z",
        "accountId": "1",
        "region": "eu-west-1",
        "requestId": f"q{n}",
        "operation": "Converse",
        "modelId": "amazon.nova",
        "input": {
            "inputContentType": "application/json",
            "inputBodyJson": {
                "system": [{"text": "You sell bikes."}],
                "messages": messages,
                "toolConfig": {
                    "tools": [
                        {
                            "toolSpec": {
                                "name": "stock",
                                "description": "Counts",
                                "inputSchema": {"json": {"type": "object"}},
                            }
                        }
                    ]
                },
            },
            "inputTokenCount": 9,
        },
        "output": {
            "outputContentType": "application/json",
            "outputBodyJson": {
                "output": {"message": reply},
                "stopReason": "end_turn",
                "usage": {"totalTokens": 9},
            },
            "outputTokenCount": 2,
        },
    }


ASKED = {"role": "user", "content": [{"text": "Any red bikes?"}]}
USED = {
    "role": "assistant",
    "content": [{"toolUse": {"toolUseId": "tu1", "name": "stock", "input": {"colour": "red"}}}],
}
TOLD = {
    "role": "user",
    "content": [
        {
            "toolResult": {
                "toolUseId": "tu1",
                "content": [{"json": {"count": 4}}],
                "status": "success",
            }
        }
    ],
}
case(
    "bedrock invocation logs",
    lines(
        converse([ASKED], USED, 1),
        converse([ASKED, USED, TOLD], {"role": "assistant", "content": [{"text": "Four."}]}, 2),
    ),
    want("suata", [("stock", {"colour": "red"}, {"count": 4}, False)], agent="amazon.nova"),
    file="bedrock.jsonl",
)
case(
    "bedrock invocation log of a claude model",
    [
        {
            "schemaType": "ModelInvocationLog",
            "requestId": "q9",
            "operation": "InvokeModel",
            "modelId": "anthropic.claude-x",
            "timestamp": "2026-01-01T00:00:00Z",
            "input": {
                "inputBodyJson": {
                    "anthropic_version": "bedrock-2023-05-31",
                    "max_tokens": 10,
                    "messages": [{"role": "user", "content": "Any red bikes?"}],
                }
            },
            "output": {
                "outputBodyJson": {
                    "id": "m",
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "text", "text": "Four."}],
                    "stop_reason": "end_turn",
                }
            },
        }
    ],
    want("ua", agent="anthropic.claude-x", texts=["Any red bikes?", "Four."]),
)


def mlflow_span(n, parent, name, kind, given, out):
    return {
        "trace_id": "tr-1",
        "span_id": f"sp{n}",
        "parent_span_id": parent,
        "name": name,
        "start_time_unix_nano": n * 10,
        "end_time_unix_nano": n * 10 + 5,
        "status": {"code": "STATUS_CODE_OK", "message": ""},
        "events": [],
        "attributes": {
            "mlflow.traceRequestId": '"tr-1"',
            "mlflow.spanType": text(kind),
            "mlflow.spanInputs": text(given),
            "mlflow.spanOutputs": text(out),
        },
    }


CALLED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": "c1",
            "type": "function",
            "function": {"name": "stock", "arguments": '{"colour": "blue"}'},
        }
    ],
}
BLUE = {"role": "user", "content": "Any blue bikes?"}
MLFLOW = {
    "info": {
        "trace_id": "tr-1",
        "state": "OK",
        "request_time": "2026-01-01T00:00:00Z",
        "execution_duration": "1s",
        "trace_metadata": {"mlflow.trace.session": "se-4"},
        "tags": {"mlflow.traceName": "agent"},
        "assessments": [
            {
                "assessment_name": "user_feedback",
                "feedback": {"value": True},
                "source": {"source_type": "HUMAN"},
            }
        ],
    },
    "data": {
        "spans": [
            mlflow_span(1, None, "agent", "AGENT", {"question": "Any blue bikes?"}, "Two of them."),
            mlflow_span(
                2,
                "sp1",
                "Completions",
                "CHAT_MODEL",
                {"messages": [BLUE]},
                {"choices": [{"message": CALLED}]},
            ),
            mlflow_span(3, "sp1", "stock", "TOOL", {"colour": "blue"}, {"count": 2}),
            mlflow_span(
                4,
                "sp1",
                "Completions_2",
                "CHAT_MODEL",
                {
                    "messages": [
                        BLUE,
                        CALLED,
                        {"role": "tool", "tool_call_id": "c1", "content": '{"count": 2}'},
                    ]
                },
                {"choices": [{"message": {"role": "assistant", "content": "Two of them."}}]},
            ),
        ]
    },
}
case(
    "mlflow trace",
    MLFLOW,
    want("uata", [("stock", {"colour": "blue"}, {"count": 2}, False)], id="tr-1", success=True),
)
