"""Fifty scripted episodes, the same for every path into a gym, and what `Episode` itself says."""

import json
from itertools import islice

from agent_gym.connect.interface import ToolInterface

KINDS = ("verbatim", "bent", "unknown", "reworded", "abandoned")
MAX_TURNS = 30


def turns_of(trace):
    "The assistant's turns as calls and words, one a turn."
    for m in trace.messages:
        if m.role == "assistant":
            for c in m.tool_calls:
                yield {"tool": c.name, "arguments": c.arguments}
            if not m.tool_calls and m.content:
                yield {"say": m.content}


def bend(arguments, n):
    "Arguments that the schema or the backend refuses, in one of four ways."
    keys = sorted(arguments)
    if not keys:
        return {"surplus": [n]}
    key = keys[n % len(keys)]
    value = arguments[key]
    if n % 4 == 0:
        return {k: v for k, v in arguments.items() if k != key}
    if n % 4 == 1:
        return {**arguments, key: [value]}
    if n % 4 == 2:
        return {**arguments, key: f"{value}é\n"}
    return {**arguments, "surplus": {"deep": [value, None, 2**53 + 1]}}


def change(turns, kind, n):
    "The turns of a log as the `kind` of script has them."
    if kind == "bent":
        return [
            t | {"arguments": bend(t["arguments"], n + i)} if "tool" in t and (n + i) % 2 else t
            for i, t in enumerate(turns)
        ]
    if kind == "unknown":
        return [*turns[:1], {"tool": "no_such_tool", "arguments": {"n": n}}, *turns[1:]]
    if kind == "reworded":
        return [{"say": f"Well, {t['say']} (no. {n})"} if "say" in t else t for t in turns]
    if kind == "abandoned":
        return turns[: max(1, len(turns) // 2)]
    return turns


def make_scripts(gym, each=10):
    "`each` scripts of every kind, about different conversations that call tools."
    traces = (gym.traces[t.conversation_id] for t in gym.tasks)
    calling = [t for t in traces if any("tool" in x for x in turns_of(t))]
    chosen = iter(islice(calling, each * len(KINDS)))
    return [
        {"kind": kind, "conversation_id": t.conversation_id, "seed": n}
        | {"turns": change([*turns_of(t)], kind, n)}
        for kind in KINDS
        for n, t in enumerate(islice(chosen, each))
    ]


def play(gym, script):
    "What `Episode` answers to each turn of the script, and the reward."
    episode = gym.episode(script["conversation_id"], script["seed"], MAX_TURNS)
    seen = []
    for t in script["turns"]:
        if episode.done:
            break
        if "say" in t:
            seen.append(episode.say(t["say"]).seen)
        else:
            call = {"name": t["tool"], "arguments": t["arguments"]}
            seen.append(episode.step({"tool_calls": [call]}).seen)
    b = episode.score()
    return {"seen": seen, "reward": b.score, "verdict": b.verdict, "done": episode.done}


def as_call(tools: ToolInterface, turn):
    "The turn as a call of a tool of the interface."
    if "say" in turn:
        return tools.talk, {"text": turn["say"]}
    return tools.names.out(turn["tool"]), turn["arguments"]


def differences(want, got, limit=3):
    "Where two lists of results part, as lines for a failed test."
    out = []
    for i, (a, b) in enumerate(zip(want, got, strict=True)):
        for k in a:
            if a[k] != b.get(k):
                want, got = (json.dumps(x)[:600] for x in (a[k], b.get(k)))
                out.append(f"script {i}, {k}:\n  want {want}\n  got  {got}")
    return "\n".join(out[:limit])
