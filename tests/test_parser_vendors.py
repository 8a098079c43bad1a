"""Exports of contact centres, bot builders and messaging services, in the form their public
documentation shows: read by general rules wherever one does."""

import json

import pytest

from agent_gym.parser import load_traces

TWO = [("user", "My parcel is late"), ("assistant", "Which one?")]


def live_person(text, who, second):
    told = {"messageData": {"msg": {"text": text}}, "sentBy": who, "timeL": second}
    return {"type": "TEXT_PLAIN", "time": f"2024-05-01 10:00:0{second}", **told}


def answer(text, **more):
    return {"queryResult": {"fulfillmentText": text, "intent": {"displayName": "late"}, **more}}


VENDORS = {
    "LivePerson": {
        "_metadata": {"count": 1},
        "conversationHistoryRecords": [
            {
                "info": {"conversationId": "c"},
                "messageRecords": [
                    live_person(TWO[0][1], "Consumer", 1),
                    live_person(TWO[1][1], "Agent", 2),
                ],
            }
        ],
    },
    "Twilio messages, newest first": {
        "messages": [
            {"direction": "outbound-api", "body": TWO[1][1], "date_sent": "2024-05-01T10:00:02Z"},
            {"direction": "inbound", "body": TWO[0][1], "date_sent": "2024-05-01T10:00:01Z"},
        ],
        "conversation_sid": "c",
    },
    "Dialogflow ES": [
        {"session": "projects/p/agent/sessions/c", **answer(TWO[1][1], queryText=TWO[0][1])}
    ],
    "Dialogflow CX in a warehouse": [
        {
            "conversation_name": "projects/p/conversations/c",
            "turn_position": 1,
            "request": {"queryInput": {"text": {"text": TWO[0][1]}}},
            "response": {
                "queryResult": {
                    "text": TWO[0][1],
                    "responseMessages": [{"text": {"text": [TWO[1][1]]}}],
                }
            },
        }
    ],
    "Slack thread of people": [
        {"type": "message", "user": "U1", "text": TWO[0][1], "ts": "1.0", "thread_ts": "1.0"},
        {"type": "message", "user": "U2", "text": TWO[1][1], "ts": "2.0", "thread_ts": "1.0"},
    ],
    "Freshdesk, wrapped notes": [
        {
            "helpdesk_ticket": {
                "id": "c",
                "description": TWO[0][1],
                "notes": [{"helpdesk_note": {"body": TWO[1][1], "incoming": False}}],
            }
        }
    ],
    "Freshdesk conversations as rows": [
        {"ticket_id": "c", "body": f"<p>{t}</p>", "body_text": t, "incoming": r == "user"}
        | {"private": False, "user_id": n, "created_at": f"2024-05-01T10:00:0{n}Z"}
        for n, (r, t) in enumerate(TWO)
    ],
    "Voiceflow turns": [
        {"turnID": "1", "type": "launch", "payload": {"type": "launch"}, "format": "launch"},
        {"turnID": "2", "type": "request", "payload": {"payload": TWO[0][1]}, "format": "request"},
        {
            "turnID": "2",
            "type": "text",
            "payload": {"type": "text", "payload": {"message": TWO[1][1]}},
            "format": "trace",
        },
    ],
    "Voiceflow logs": {
        "transcript": {
            "id": "c",
            "logs": [
                {"type": "action", "data": {"type": "text", "payload": TWO[0][1]}},
                {"type": "trace", "data": {"type": "text", "payload": {"message": TWO[1][1]}}},
            ],
        }
    },
    "Copilot Studio sessions": "SessionId,ChatTranscript,SessionOutcome,CSAT\n"
    f'c,"User says: {TWO[0][1]}; Bot says: {TWO[1][1]};",Resolved,5\n',
    "Genesys phrases": {
        "conversationId": "c",
        "transcripts": [
            {
                "phrases": [
                    {"text": TWO[0][1], "participantPurpose": "external"},
                    {"text": TWO[1][1], "participantPurpose": "internal"},
                ]
            }
        ],
    },
    "LiveChat, people by id": {
        "chats": [
            {
                "id": "c",
                "users": [{"id": "a", "type": "customer"}, {"id": "b", "type": "agent"}],
                "thread": {
                    "events": [
                        {"type": "message", "text": TWO[0][1], "author_id": "a"},
                        {"type": "message", "text": TWO[1][1], "author_id": "b"},
                    ]
                },
            }
        ]
    },
    "contacts and users of a desk": {
        "data": {
            "messages": [
                {"conversationId": "c", "body": TWO[0][1], "author": {"type": "contact"}},
                {"conversationId": "c", "body": TWO[1][1], "author": {"type": "user"}},
            ]
        }
    },
    "payloads of a bot builder": {
        "messages": [
            {"conversationId": "c", "direction": "incoming", "payload": {"text": TWO[0][1]}},
            {"conversationId": "c", "direction": "outgoing", "payload": {"text": TWO[1][1]}},
        ]
    },
    "a business and its users": {
        "messages": [
            {"author": {"type": "user"}, "content": {"type": "text", "text": TWO[0][1]}},
            {"author": {"type": "business"}, "content": {"type": "text", "text": TWO[1][1]}},
        ]
    },
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_export_is_read_as_its_vendor_documents_it(vendor, tmp_path):
    body = VENDORS[vendor]
    file = tmp_path / ("x.csv" if isinstance(body, str) else "x.json")
    file.write_text(body if isinstance(body, str) else json.dumps(body), "utf-8")
    (trace,) = load_traces(file, progress=False)
    assert [(m.role, m.content) for m in trace.messages] == TWO
    if "Copilot" in vendor:
        assert (trace.outcome, trace.satisfaction_score, trace.success) == ("Resolved", 5.0, True)
    if '"c"' in json.dumps(body) and "Slack" not in vendor:
        assert trace.conversation_id == "c"


def test_a_thread_is_named_by_the_path_of_its_resource(tmp_path):
    name = "projects/p/agent/sessions/c"
    rows = [{"session": name, **answer(f"a{n}", queryText=f"q{n}")} for n in range(3)]
    (trace,) = load_traces(rows, progress=False)
    assert trace.conversation_id == name
    assert [m.content for m in trace.messages] == ["q0", "a0", "q1", "a1", "q2", "a2"]


def test_users_stay_users_where_nobody_else_could_answer():
    rows = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    (trace,) = load_traces([{"messages": rows}], progress=False)
    assert [m.role for m in trace.messages] == ["user", "user"]


@pytest.mark.parametrize("around", ['{"input": "a", "b": %s}', "%s", '{"users": %s}'])
def test_a_deep_record_is_an_error_in_words(around):
    people = '[{"id": 1, "type": "customer"}, {"id": 2, "type": "agent"}, %s]'
    for deep in ('{"a":' * 900 + "1" + "}" * 900, people % ('[{"a":' * 400 + "1" + "}]" * 400)):
        found = load_traces((around % deep).encode(), on_error="collect", progress=False)
        assert found.errors and not len(found)
