"""Agents that call agents, as three observability tools log them: each conversation is a trace, and nothing is there twice."""
import json
import random

import pytest

from agent_gym.parser import load_traces


def tree(rng, name="0", depth=0):
    "An agent that asks its model, calls agents below it, and answers."
    kids = [tree(rng, f"{name}.{i}", depth + 1) for i in range(rng.randrange(3) if depth < 2 else 0)]
    return {"name": name, "kids": kids, "ask": f"question {name}", "say": f"answer {name}"}


def steps(t, parent=None, out=None):
    "What such an agent does, as (id, parent, kind, time, input, output, name)."
    out = [] if out is None else out
    me = f"agent{t['name']}"
    out.append((me, parent, "step", len(out), None, None, me))
    heard = [{"role": "system", "content": f"you are {t['name']}"}, {"role": "user", "content": t["ask"]}]
    for k in t["kids"]:
        call = {"role": "assistant", "content": None, "tool_calls": [{"id": f"c{k['name']}", "type": "function", "function": {"name": f"ask_{k['name']}", "arguments": json.dumps({"q": k["ask"]})}}]}
        out.append((f"llm{t['name']}>{k['name']}", me, "llm", len(out), list(heard), call, "llm"))
        out.append((f"tool{k['name']}", me, "tool", len(out), {"q": k["ask"]}, k["say"], f"ask_{k['name']}"))
        steps(k, f"tool{k['name']}", out)
        heard += [call, {"role": "tool", "tool_call_id": f"c{k['name']}", "content": k["say"]}]
    out.append((f"llm{t['name']}", me, "llm", len(out), list(heard), {"role": "assistant", "content": t["say"]}, "llm"))
    return out


def langfuse(found):
    kinds = {"llm": "GENERATION", "tool": "TOOL", "step": "SPAN"}
    return [{"trace": {"id": "T"}, "observations": [{"id": i, "parentObservationId": p, "type": kinds[k], "startTime": f"{n:06}", "input": a, "output": b, "name": name} for i, p, k, n, a, b, name in found]}]


def langsmith(found):
    kinds = {"llm": "llm", "tool": "tool", "step": "chain"}
    asked = {"llm": lambda a: {"messages": a}, "tool": lambda a: {"input": a}, "step": lambda a: {}}
    said = {"llm": lambda b: {"choices": [{"message": b}]}, "tool": lambda b: {"output": b}, "step": lambda b: {}}
    return [{"id": i, "trace_id": "T", "parent_run_id": p, "run_type": kinds[k], "dotted_order": f"{n:06}", "inputs": asked[k](a), "outputs": said[k](b), "name": name} for i, p, k, n, a, b, name in found]


def otel(found):
    told = {"llm": lambda a, b, name: {"gen_ai.operation.name": "chat", "gen_ai.input.messages": json.dumps(a), "gen_ai.output.messages": json.dumps([b])}, "step": lambda a, b, name: {"gen_ai.operation.name": "invoke_agent"},
            "tool": lambda a, b, name: {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name, "gen_ai.tool.call.arguments": json.dumps(a), "gen_ai.tool.call.result": json.dumps(b)}}
    return [{"traceId": "T", "spanId": i, "parentSpanId": p, "name": name, "startTimeUnixNano": n, "attributes": told[k](a, b, name)} for i, p, k, n, a, b, name in found]


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
    rows = [{"id": i, "parentObservationId": p, "type": "GENERATION", "startTime": str(n), "input": asked, "output": "yes?", "name": i} for n, (i, p) in enumerate((("a", None), ("b", "a")))]
    assert len(load_traces([{"trace": {"id": "T"}, "observations": rows}], nested=True)) == 1
