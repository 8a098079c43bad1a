"""Gemini over both SDKs and OpenAI-compatible servers, over real HTTP against scripted servers."""

import asyncio
import base64
import json
import pickle

import pytest
from fake_models import FakeServer, chat, gemini, gemini_error

from agent_gym.agent.declarations import Names, declarations, portable
from agent_gym.agent.gemini import GeminiLLM
from agent_gym.agent.openai import OpenAICompatibleLLM
from agent_gym.llm import Retry, stream
from agent_gym.trace import LLMError, Message, ToolCall, ToolSpec

QUICK = Retry(attempts=3, base=0.01, longest=0.02, total=5)
KEY = "secret-key-123"
HI = [Message(role="user", content="héllo 😀 مرحبا")]
ODD = "get order/№ 7!"
TOOLS = [
    ToolSpec(
        name="lookup",
        description="d",
        parameters={
            "type": "object",
            "properties": {
                "n": {"type": "integer", "minimum": 1},
                "who": {"$ref": "#/$defs/Who"},
                "when": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["n"],
            "$defs": {
                "Who": {
                    "type": "object",
                    "properties": {"name": {"type": "string", "default": "x"}},
                }
            },
            "additionalProperties": False,
        },
    ),
    ToolSpec(name="ping"),
    ToolSpec(name="x" * 64),
    ToolSpec(name=ODD),
]


class Family:
    "One provider seen by the tests: how to make the model, and how its server words things."

    def __init__(self, sdk):
        self.sdk = sdk

    def llm(self, server, **kw):
        kw = {"retry": QUICK, "timeout": 3.0, **kw}
        return (
            OpenAICompatibleLLM(server.url + "/v1", "fake", KEY, **kw)
            if self.sdk == "openai"
            else GeminiLLM("gemini-fake", KEY, server.url, self.sdk, **kw)
        )

    def text(self, s, **kw):
        return chat(s, **kw) if self.sdk == "openai" else gemini({"text": s}, **kw)

    def calls(self, *calls):
        if self.sdk == "openai":
            return chat(None, calls)
        return gemini(*({"functionCall": {"name": n, "args": a, "id": i}} for i, n, a in calls))

    def error(self, status, message="no"):
        return gemini_error(status, message)


@pytest.fixture(params=["google-genai", "google-generativeai", "openai"])
def family(request):
    return Family(request.param)


@pytest.fixture(params=["google-genai", "google-generativeai"])
def google(request):
    if request.param == "google-genai":
        pytest.importorskip("google.genai")
    return Family(request.param)


def test_text(family):
    with FakeServer([family.text("bonjour ✓")]) as s:
        m = family.llm(s).generate([Message(role="system", content="be kind"), *HI])
        assert m.content == "bonjour ✓" and m.role == "assistant" and not m.tool_calls
        assert (
            m.metadata["usage"] == {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}
            and m.metadata["finish_reason"] == "stop"
        )
        assert m.metadata["seconds"] > 0 and "héllo 😀 مرحبا" in json.dumps(
            s.requests[0]["body"], ensure_ascii=False
        )
        assert "be kind" in json.dumps(s.requests[0]["body"])


def test_one_call_with_exact_integers_and_unicode(family):
    args = {
        "n": 2**53 + 1,
        "deep": {"list": [1, 2.5, None, True, "ü"]},
        "big": 123456789012345678901234567890,
    }
    with FakeServer([family.calls(("c1", "lookup", args))]) as s:
        m = family.llm(s).generate(HI, TOOLS)
        assert (
            m.tool_calls[0].name == "lookup"
            and m.tool_calls[0].arguments["n"] == 2**53 + 1
            and m.tool_calls[0].arguments["deep"] == args["deep"]
        )
        assert m.tool_calls[0].arguments["big"] == args["big"]


def test_parallel_calls_and_their_results_round_trip(family):
    with FakeServer(
        [
            family.calls(("a", "lookup", {"n": 1}), ("b", "lookup", {"n": 2}), ("c", "ping", {})),
            family.text("done"),
        ]
    ) as s:
        llm = family.llm(s)
        m = llm.generate(HI, TOOLS)
        assert [(c.id, c.name, c.arguments) for c in m.tool_calls] == [
            ("a", "lookup", {"n": 1}),
            ("b", "lookup", {"n": 2}),
            ("c", "ping", {}),
        ]
        results = [
            Message(role="tool", tool_call_id=c.id, name=c.name, result=2**60 + i, content=None)
            for i, c in enumerate(m.tool_calls)
        ]
        assert llm.generate([*HI, m, *results], TOOLS).content == "done"
        sent = json.dumps(s.requests[1]["body"])
        assert all(str(2**60 + i) in sent for i in range(3)) and all(
            f'"{i}"' in sent for i in "abc"
        )


def test_odd_and_long_tool_names_come_back(family):
    with FakeServer(
        [lambda body: family.calls(("i", _declared(body)[-1], {}), ("j", _declared(body)[2], {}))]
    ) as s:
        m = family.llm(s).generate(HI, TOOLS)
        assert [c.name for c in m.tool_calls] == [ODD, "x" * 64]
        assert all(len(n) <= 64 and n.isascii() for n in _declared(s.requests[0]["body"]))


def _declared(body):
    return (
        [t["function"]["name"] for t in body["tools"]]
        if "messages" in body
        else [d["name"] for d in body["tools"][0]["functionDeclarations"]]
    )


def test_declarations_on_the_wire(google):
    with FakeServer([google.text("ok")]) as s:
        google.llm(s).generate(HI, TOOLS)
        first, ping = s.requests[0]["body"]["tools"][0]["functionDeclarations"][:2]
        assert "parameters" not in ping and not any(
            k in json.dumps(first) for k in ("$ref", "anyOf", "additionalProperties")
        )
        assert (
            first["parameters"]["properties"]["when"]["nullable"] is True
            and first["parameters"]["properties"]["who"]["properties"]["name"]["type"].lower()
            == "string"
        )


def test_thought_signatures_go_back_as_they_came(google):
    signature = base64.b64encode(bytes(range(250, 256)) + b"opaque??>>").decode()
    turn = [
        {"text": "pondering", "thought": True},
        {
            "functionCall": {"name": "lookup", "args": {"n": 2**60 + 1}, "id": "c9"},
            "thoughtSignature": signature,
        },
    ]
    with FakeServer([gemini(*turn), google.text("ok")]) as s:
        llm = google.llm(s)
        m = llm.generate(HI, TOOLS)
        assert m.content is None
        m = Message.model_validate_json(m.model_dump_json())  # also through a file
        llm.generate(
            [*HI, m, Message(role="tool", tool_call_id="c9", name="lookup", result={"ok": True})],
            TOOLS,
        )
        model_turn = next(c for c in s.requests[1]["body"]["contents"] if c["role"] == "model")
        part = next(p for p in model_turn["parts"] if "functionCall" in p)
        assert base64.b64decode(
            part["thoughtSignature"].replace("-", "+").replace("_", "/")
        ) == base64.b64decode(signature)
        assert part["functionCall"]["args"]["n"] == 2**60 + 1
        answer = next(
            p
            for c in s.requests[1]["body"]["contents"]
            for p in c["parts"]
            if "functionResponse" in p
        )["functionResponse"]
        assert answer["id"] == "c9" and answer["response"] == {"ok": True}


@pytest.mark.parametrize(
    ("status", "kind", "tries"),
    [
        (400, "request", 1),
        (401, "auth", 1),
        (403, "auth", 1),
        (404, "request", 1),
        (429, "quota", 3),
        (500, "server", 3),
        (503, "server", 3),
    ],
)
def test_status(family, status, kind, tries):
    with FakeServer(default=family.error(status, f"reason {KEY}")) as s:
        with pytest.raises(LLMError) as e:
            family.llm(s).generate(HI)
        assert (
            e.value.kind == kind
            and len(s.requests) == tries
            and KEY not in str(e.value)
            and str(status) in str(e.value)
            and "\n" not in str(e.value)
        )


def test_recovers_after_overload(family):
    with FakeServer([family.error(503), family.error(429), family.text("at last")]) as s:
        assert family.llm(s).generate(HI).content == "at last" and len(s.requests) == 3


def test_retry_after_is_heeded(family):
    status, body = family.error(429)
    with FakeServer([(status, body, {"Retry-After": "0.3"}), family.text("ok")]) as s:
        assert family.llm(s).generate(HI).content == "ok"
        first, second = (r["at"] for r in s.requests)
        assert second - first >= 0.28  # nothing is sent sooner, however busy the machine


def test_dropped_connection(family):
    with FakeServer(["drop", family.text("ok")]) as s:
        assert family.llm(s).generate(HI).content == "ok"
    with pytest.raises(LLMError) as e:
        family.llm(s).generate(HI)
    assert e.value.kind in ("server", "timeout")


def test_slow_server_is_bounded_in_total_time(family):
    with FakeServer(default=[5, family.text("late")]) as s:
        with pytest.raises(LLMError) as e:
            family.llm(s, timeout=0.4, retry=Retry(attempts=9, base=0.01, total=1.2)).generate(HI)
        # each try may take 0.4 s, so that at most four begin within the 1.2 s in all
        assert e.value.kind == "timeout" and len(s.requests) <= 4


def test_not_json(family):
    with FakeServer(default=b"<html>welcome</html>") as s, pytest.raises(LLMError) as e:
        family.llm(s).generate(HI)
    assert e.value.kind in ("server", "request")


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (gemini({"text": "x"}, reason="SAFETY"), "blocked"),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, "blocked"),
        ({"candidates": []}, "server"),
        (gemini(), "server"),
        (gemini(reason="MALFORMED_FUNCTION_CALL"), "malformed"),
        (gemini(reason="MAX_TOKENS"), "request"),
    ],
)
def test_gemini_says_nothing_useful(google, payload, kind):
    with FakeServer(default=payload) as s:
        with pytest.raises(LLMError) as e:
            google.llm(s).generate(HI)
        assert e.value.kind == kind


def test_gemini_cut_by_max_tokens_but_said_something(google):
    with FakeServer([gemini({"text": "so f"}, reason="MAX_TOKENS")]) as s:
        m = google.llm(s).generate(HI, max_tokens=2)
        assert (
            m.content == "so f"
            and m.metadata["finish_reason"] == "length"
            and s.requests[0]["body"]["generationConfig"]["maxOutputTokens"] == 2
        )


def test_options_only_if_given(family):
    with FakeServer(default=family.text("ok")) as s:
        llm = family.llm(s)
        llm.generate(HI)
        llm.generate(HI, seed=7, temperature=0)
        assert (
            "temperature" not in json.dumps(s.requests[0]["body"])
            and '"seed": 7' in json.dumps(s.requests[1]["body"])
            and "temperature" in json.dumps(s.requests[1]["body"])
        )


def test_key_travels_in_a_header_and_nowhere_else(family):
    with FakeServer(default=family.text("ok")) as s:
        llm = family.llm(s)
        llm.generate(HI)
        request = s.requests[0]
        assert (
            any(KEY in v for v in request["headers"].values())
            and KEY not in request["path"]
            and KEY not in json.dumps(request["body"])
        )
        assert KEY not in repr(llm) and KEY.encode() not in pickle.dumps(llm)


def test_async(family):
    with FakeServer(default=family.text("ok")) as s:
        llm = family.llm(s)

        async def both():
            return await asyncio.gather(*(llm.agenerate(HI) for _ in range(4)))

        assert [m.content for m in asyncio.run(both())] == ["ok"] * 4 and len(s.requests) == 4


def test_stream(family):
    if family.sdk == "openai":
        events = [
            {"choices": [{"delta": {"content": "he"}}]},
            {"choices": [{"delta": {"content": "llo"}, "finish_reason": "stop"}]},
        ]
    else:
        events = [gemini({"text": "he"}), gemini({"text": "llo"})]
    sse = b"".join(b"data: " + json.dumps(e).encode() + b"\r\n\r\n" for e in events)
    with FakeServer([family.text("hello") if family.sdk == "google-generativeai" else sse]) as s:
        *pieces, whole = stream(family.llm(s), HI)
        assert "".join(map(str, pieces)) == "hello" == whole.content
        assert family.sdk == "google-generativeai" or len(pieces) == 2


def test_streamed_calls_are_put_together():
    events = [
        {
            "choices": [
                {
                    "delta": {
                        "tool_calls": [
                            {
                                "index": 0,
                                "id": "a",
                                "function": {"name": "lookup", "arguments": '{"n"'},
                            }
                        ]
                    }
                }
            ]
        },
        {
            "choices": [
                {
                    "delta": {"tool_calls": [{"index": 0, "function": {"arguments": ": 5}"}}]},
                    "finish_reason": "tool_calls",
                }
            ]
        },
    ]
    sse = (
        b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events) + b"data: [DONE]\n\n"
    )
    with FakeServer([sse]) as s:
        *_, m = Family("openai").llm(s).stream(HI, TOOLS)
        assert m.tool_calls == [ToolCall(id="a", name="lookup", arguments={"n": 5})]


def test_an_assistant_that_speaks_first(family):
    with FakeServer(default=family.text("ok")) as s:
        assert (
            family.llm(s).generate([Message(role="assistant", content="Welcome!"), *HI]).content
            == "ok"
        )


def test_bad_call_arguments_are_asked_for_again():
    with FakeServer(
        [chat(None, [("a", "lookup", "{oops")]), chat(None, [("a", "lookup", {"n": 1})])]
    ) as s:
        assert (
            Family("openai").llm(s).generate(HI, TOOLS).tool_calls[0].arguments == {"n": 1}
            and len(s.requests) == 2
        )


# --- keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://user:{}@host/v1",
        "https://{}@host/v1",
        "https://host/v1?key={}",
        "https://host/v1?api_key={}",
        "https://host/v1#{}",
        "http://[::1{}/v1",
    ],
)
def test_a_key_in_base_url_is_refused_and_not_repeated(url, family):
    server = type("Server", (), {"url": url.format(KEY).removesuffix("/v1")})
    with pytest.raises(LLMError) as e:
        family.llm(server)
    assert KEY not in str(e.value) and "base_url" in str(e.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_key_is_not_sent_after_a_redirect(family, status):
    with FakeServer(default=family.text("stolen")) as thief:
        away = (status, {}, {"Location": thief.url.replace("127.0.0.1", "localhost") + "/v1/x"})
        with FakeServer(default=away) as s:
            with pytest.raises(LLMError) as e:
                family.llm(s).generate(HI)
            assert e.value.kind == "request" and len(s.requests) == 1
            if family.sdk == "openai":
                with pytest.raises(LLMError):
                    [*family.llm(s).stream(HI)]
        assert not thief.requests


@pytest.mark.parametrize("key", ["secret-key-123\nX-Evil: 1", "sécrét-key-123", "secret\0key-123"])
def test_a_key_that_no_header_carries_is_told_without_it(key):
    for make in (
        lambda: OpenAICompatibleLLM("http://127.0.0.1:9/v1", "m", key),
        lambda: GeminiLLM("m", key),
    ):
        with pytest.raises(LLMError) as e:
            make()
        assert e.value.kind == "auth" and "key-123" not in str(e.value)


def test_a_key_is_nowhere_but_in_its_place(family, monkeypatch):
    import copy
    import traceback

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    with FakeServer(default=family.error(401, f"bad key {KEY}")) as s:
        llm = family.llm(s)
        with pytest.raises(LLMError) as e:
            llm.generate(HI)
        shown = [
            repr(llm),
            str(e.value),
            repr(e.value),
            "".join(traceback.format_exception(e.value)),
        ]
        shown += [repr(pickle.loads(pickle.dumps(llm)).__dict__), repr(copy.deepcopy(llm).__dict__)]
        assert not [x for x in shown if KEY in x]
    with pytest.raises(LLMError) as e:  # the server is gone
        llm.generate(HI)
    assert KEY not in "".join(traceback.format_exception(e.value))


# --- names -------------------------------------------------------------------------------------

HOSTILE = [r"\d+", "{0}", "../x", "%s", "__class__", "$(x)", "<img src=x>", "", "a b", "1", "class"]
HOSTILE += ["naïve", "日本", "a.b", "a-b", "a_b", "x" * 90, "x" * 91, "\0", "\ud800"]


@pytest.mark.parametrize(
    "options", [{}, {"dots": False}, {"identifiers": True}, {"identifiers": True, "limit": 8}]
)
def test_hostile_tool_names_are_mapped_both_ways(options):
    from agent_gym.agent.declarations import Names

    names = Names(HOSTILE, **options)
    out = [names.out(n) for n in HOSTILE]
    assert len(set(out)) == len(out) and [names.back(o) for o in out] == HOSTILE
    assert all(o.isascii() and 0 < len(o) <= options.get("limit", 64) for o in out)
    if options.get("identifiers"):
        import keyword

        assert all(o.isidentifier() and not keyword.iskeyword(o) for o in out)


def served(*script, **kw):
    "An OpenAI-compatible model whose server answers with the script."
    server = FakeServer(script)
    return server, OpenAICompatibleLLM(server.url + "/v1", "fake", KEY, retry=QUICK, **kw)


def test_no_message_is_sent_without_content_and_other_fields_pass_through():
    called = Message(role="assistant", tool_calls=[ToolCall(id="a", name="ping", arguments={})])
    answer = Message(role="tool", tool_call_id="a", name="ping", result=None)
    server, llm = served(chat("ok"))
    with server:
        llm.generate([*HI, called, answer], TOOLS, tool_choice="required", grammar="root ::= x")
    body = server.requests[0]["body"]
    assert all(isinstance(m["content"], str) for m in body["messages"])
    assert (body["tool_choice"], body["grammar"]) == ("required", "root ::= x")


@pytest.mark.parametrize(
    ("given", "want"),
    [({"n": 1}, {"n": 1}), ("null", {}), (None, {}), ("", {}), ('"{\\"n\\": 1}"', {"n": 1})],
)
def test_arguments_in_every_form(given, want):
    call = {"function": {"name": "lookup", "arguments": given}}
    message = {"role": "assistant", "content": None, "tool_calls": [call, call]}
    server, llm = served({"choices": [{"message": message}]})
    with server:
        calls = llm.generate(HI, TOOLS).tool_calls
    assert [c.arguments for c in calls] == [want, want] and len({c.id for c in calls}) == 2


def events(*pieces):
    return b"".join(b"data: " + json.dumps(p).encode() + b"\n\n" for p in pieces) + b"data: [DONE]"


@pytest.mark.parametrize("indexed", [True, False])
def test_streamed_parallel_calls_thoughts_and_usage(indexed):
    delta = lambda **d: {"choices": [{"delta": d}]}
    part = lambda i, id, name, text: delta(
        tool_calls=[
            ({"index": i} if indexed else {})
            | {"id": id, "function": {"name": name, "arguments": text}}
        ]
    )
    server, llm = served(
        events(
            delta(reasoning_content="He wants two."),
            part(0, "a", "lookup", '{"n":'),
            part(0, "a", "lookup", " 1}"),
            part(1, "b", "lookup", '{"n": 2}'),
            {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}},
        ).replace(b"data: [DONE]", b"data: {broken\n\n: ping\n\ndata: [DONE]")
    )
    with server:
        *pieces, answer = llm.stream(HI, TOOLS)
    assert not pieces and answer.content is None
    assert [(c.id, c.arguments) for c in answer.tool_calls] == [("a", {"n": 1}), ("b", {"n": 2})]
    assert answer.metadata["usage"]["input_tokens"] == 7 and answer.metadata["seconds"] > 0


def test_an_error_in_mid_stream_and_a_server_without_stream_options():
    broken = events(
        {"choices": [{"delta": {"content": "Half"}}]}, {"error": {"message": "no room"}}
    )
    server, llm = served((422, {"error": "stream_options"}), broken)
    with server, pytest.raises(LLMError, match="no room"):
        list(llm.stream(HI))
    assert "stream_options" not in server.requests[1]["body"]


def test_declarations_hold_what_gemini_takes():
    plan = {"type": "string", "enum": ["", "basic", "plus"]}
    spec = ToolSpec(name="change", parameters={"type": "object", "properties": {"plan": plan}})
    (one,) = declarations([spec, spec], Names([]))
    assert one["parameters"]["properties"]["plan"]["enum"] == ["basic", "plus"]
    mixed = {"type": "string", "enum": ["a", 1]}
    assert "enum" not in portable(mixed) and "enum" not in portable(
        {"type": "string", "enum": [""]}
    )
