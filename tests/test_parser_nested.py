"""Agents that call agents, as three observability tools log them: each conversation is a trace, and nothing is there twice."""

import json
import random
import time

import pytest

from agent_gym.parser import load_traces
from agent_gym.parser.spans import Span, conversation
from agent_gym.parser.talks import Calls, Talk, Talks


def tree(rng, name="0", depth=0):
    "An agent that asks its model, calls agents below it, and answers."
    kids = [
        tree(rng, f"{name}.{i}", depth + 1) for i in range(rng.randrange(3) if depth < 2 else 0)
    ]
    return {"name": name, "kids": kids, "ask": f"question {name}", "say": f"answer {name}"}


def steps(t, parent=None, out=None):
    "What such an agent does, as (id, parent, kind, time, input, output, name)."
    out = [] if out is None else out
    me = f"agent{t['name']}"
    out.append((me, parent, "step", len(out), None, None, me))
    heard = [
        {"role": "system", "content": f"you are {t['name']}"},
        {"role": "user", "content": t["ask"]},
    ]
    for k in t["kids"]:
        call = {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": f"c{k['name']}",
                    "type": "function",
                    "function": {
                        "name": f"ask_{k['name']}",
                        "arguments": json.dumps({"q": k["ask"]}),
                    },
                }
            ],
        }
        out.append((f"llm{t['name']}>{k['name']}", me, "llm", len(out), list(heard), call, "llm"))
        out.append(
            (
                f"tool{k['name']}",
                me,
                "tool",
                len(out),
                {"q": k["ask"]},
                k["say"],
                f"ask_{k['name']}",
            )
        )
        steps(k, f"tool{k['name']}", out)
        heard += [call, {"role": "tool", "tool_call_id": f"c{k['name']}", "content": k["say"]}]
    out.append(
        (
            f"llm{t['name']}",
            me,
            "llm",
            len(out),
            list(heard),
            {"role": "assistant", "content": t["say"]},
            "llm",
        )
    )
    return out


def langfuse(found):
    kinds = {"llm": "GENERATION", "tool": "TOOL", "step": "SPAN"}
    return [
        {
            "trace": {"id": "T"},
            "observations": [
                {
                    "id": i,
                    "parentObservationId": p,
                    "type": kinds[k],
                    "startTime": f"{n:06}",
                    "input": a,
                    "output": b,
                    "name": name,
                }
                for i, p, k, n, a, b, name in found
            ],
        }
    ]


def langsmith(found):
    kinds = {"llm": "llm", "tool": "tool", "step": "chain"}
    asked = {"llm": lambda a: {"messages": a}, "tool": lambda a: {"input": a}, "step": lambda a: {}}
    said = {
        "llm": lambda b: {"choices": [{"message": b}]},
        "tool": lambda b: {"output": b},
        "step": lambda b: {},
    }
    return [
        {
            "id": i,
            "trace_id": "T",
            "parent_run_id": p,
            "run_type": kinds[k],
            "dotted_order": f"{n:06}",
            "inputs": asked[k](a),
            "outputs": said[k](b),
            "name": name,
        }
        for i, p, k, n, a, b, name in found
    ]


def otel(found):
    told = {
        "llm": lambda a, b, name: {
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": json.dumps(a),
            "gen_ai.output.messages": json.dumps([b]),
        },
        "step": lambda a, b, name: {"gen_ai.operation.name": "invoke_agent"},
        "tool": lambda a, b, name: {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.arguments": json.dumps(a),
            "gen_ai.tool.call.result": json.dumps(b),
        },
    }
    return [
        {
            "traceId": "T",
            "spanId": i,
            "parentSpanId": p,
            "name": name,
            "startTimeUnixNano": n,
            "attributes": told[k](a, b, name),
        }
        for i, p, k, n, a, b, name in found
    ]


def agents(t):
    return [t, *(x for k in t["kids"] for x in agents(k))]


@pytest.mark.parametrize("form", [langfuse, langsmith, otel])
@pytest.mark.parametrize("seed", range(20))
def test_each_agent_of_a_tree_is_a_conversation(form, seed):
    t = tree(random.Random(seed))
    rows = form(steps(t))
    random.Random(seed).shuffle(rows[0]["observations"] if form is langfuse else rows)
    outer, nested = load_traces(rows), load_traces(rows, nested=True)
    assert len(outer) == 1
    assert outer[0].messages == nested[0].messages
    assert sorted(x.messages[-1].content for x in nested) == sorted(a["say"] for a in agents(t))
    sizes = {a["say"]: 3 + 2 * len(a["kids"]) for a in agents(t)}
    assert all(len(x.messages) == sizes[x.messages[-1].content] for x in nested)
    assert all(x.metadata["parent"] == "T" for x in nested[1:])


def test_a_library_below_the_agents_tells_nothing_of_its_own():
    asked = [{"role": "user", "content": "hi"}]
    rows = [
        {
            "id": i,
            "parentObservationId": p,
            "type": "GENERATION",
            "startTime": str(n),
            "input": asked,
            "output": "yes?",
            "name": i,
        }
        for n, (i, p) in enumerate((("a", None), ("b", "a")))
    ]
    assert len(load_traces([{"trace": {"id": "T"}, "observations": rows}], nested=True)) == 1


def asks(i):
    return [{"role": "user", "content": f"q{i}"}]


def calls(i, given=True):
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"c{i}" if given else None, "name": "f", "arguments": {"k": i}}],
    }


MANY = {
    "questions of their own": lambda n: [Span("llm", "chat", asks(i), f"a{i}") for i in range(n)],
    "agents of their own": lambda n: [
        Span("llm", "chat", asks(0), "a"),
        *(Span("llm", "chat", asks(i), f"a{i}", depth=2) for i in range(1, n)),
    ],
    "one question, other answers": lambda n: [
        Span("llm", "chat", asks(0), f"a{i}") for i in range(n)
    ],
    "what is new alone": lambda n: [
        s
        for i in range(n // 2)
        for s in (
            Span("llm", "chat", [], calls(i)),
            Span("tool", "f", {"k": i}, "ok", call_id=f"c{i}"),
        )
    ],
    "tools alone": lambda n: [Span("tool", "f", {"k": {"v": i}}, "ok") for i in range(n)],
    "calls that wait": lambda n: [
        Span("llm", "chat", asks(i), calls(i, given=bool(i % 2))) for i in range(n)
    ],
    "answers at the end": lambda n: [
        *(Span("llm", "chat", asks(i), calls(i)) for i in range(n // 2)),
        *(Span("tool", "f", {"k": i}, "ok", call_id=f"c{i}") for i in range(n // 2)),
    ],
    "steps beside": lambda n: [
        Span("llm", "chat", asks(i), f"a{i}") if i % 2 else Span("step", "x", "i", "o")
        for i in range(n)
    ],
}


@pytest.mark.parametrize("shape", MANY)
def test_many_spans_take_time_in_proportion(shape):
    "Four times the spans take some four times as long, where comparing each with each takes sixteen."

    def seconds(n):
        spans, start = MANY[shape](n), time.process_time()
        conversation(spans)
        return time.process_time() - start

    few, many = (min(seconds(n) for _ in range(3)) for n in (600, 2400))
    assert many < 9 * few, (few, many)


def test_a_chain_of_steps_takes_time_in_proportion():
    def seconds(n):
        rows = [
            {
                "traceId": "t",
                "spanId": f"s{i}",
                "parentSpanId": f"s{i + 1}",
                "name": "chat",
                "startTimeUnixNano": str(i),
                "attributes": [{"key": "gen_ai.prompt.0.content", "value": {"stringValue": "q"}}],
            }
            for i in range(n)
        ]
        start = time.process_time()
        load_traces(rows, progress=False)
        return time.process_time() - start

    few, many = (min(seconds(n) for _ in range(2)) for n in (2500, 10_000))
    assert many < 9 * few, (few, many)


def words(rng):
    return [
        {"role": rng.choice(["user", "assistant", "system", "tool"]), "content": rng.choice("ab")}
        for _ in range(rng.randrange(4))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_conversation_that_goes_on_is_the_latest_that_does(seed):
    rng, talks = random.Random(f"talks/{seed}"), Talks()
    for _ in range(200):
        said = words(rng) + words(rng)
        found = talks.known(said)
        assert found is next(
            (t for t in reversed(talks.all) if t.messages and t.continued(said) is not None), None
        )
        talks.put(
            found
            if found is not None and rng.random() < 0.5
            else rng.choice(talks.all)
            if talks.all and rng.random() < 0.3
            else Talk(),
            words(rng),
        )


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_belongs_to_the_first_call_that_fits_in_the_latest_conversation(seed):
    rng, waiting, held = random.Random(f"calls/{seed}"), Calls(), []
    for _ in range(300):
        if rng.random() < 0.5:
            place, call = (
                rng.randrange(3),
                {"id": rng.choice([None, "a", "b", ""]), "name": rng.choice("fg"), "arguments": {}},
            )
            waiting.ask(place, call)
            held.append((place, call))
            continue
        where, given, name = (
            rng.choice([None, 0, 1, 2]),
            rng.choice([None, "", "a", "b", "c", 3, ["a"]]),
            rng.choice([None, "f", "g", "h", 3, []]),
        )
        fits = [
            (-place, i)
            for i, (place, c) in enumerate(held)
            if where in (None, place)
            and (c["id"] == given if c["id"] and given else name is None or c["name"] == name)
        ]
        hit = waiting.first(where, given, name)
        assert (hit is None) == (not fits)
        if hit is not None:
            i = min(fits)[1]
            assert hit[2] is held[i][1]
            waiting.open.discard(hit[1])
            del held[i]
