"""Time against size for the public verbs along every dimension that logs can grow in.

    python tools/growth.py                 every row, with the exponent of its growth
    python tools/growth.py --only tools    rows whose verb or dimension has that in its name
    python tools/growth.py --markdown      as a table for the docs

The exponent is that of time against size between the two largest sizes: 1 linear, 2 quadratic.
A row whose verb takes less than 30 ms at its largest size says "small": no exponent can be read.
Processor time, the best of three; exit status 1 where an exponent is above 1.15.
"""

import argparse
import gc
import itertools
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import agent_gym as ag
import agent_gym.agent
from agent_gym.agent.declarations import Names, declarations
from agent_gym.agent.openai import chat_body
from agent_gym.dialogue.values import facts, skeleton
from agent_gym.environment import Episode, World, rollout
from agent_gym.environment.play import plan
from agent_gym.environment.records import EpisodeRecord, EpisodeSet
from agent_gym.environment.tasks import LoggedPath, TaskSet
from agent_gym.explore.episodes import EpisodeExplorer
from agent_gym.explore.traces import TraceExplorer
from agent_gym.mocker import ToolMocker
from agent_gym.reward import Reward
from agent_gym.saving import Reader, State, Writer
from agent_gym.tools import infer_tools
from agent_gym.trace import Message, ToolCall, Trace, TraceSet, copied, dumps, pair
from agent_gym.user import TraceUser

BAR = 1.15  # an exponent above it is reported as a fault
SMALL = 0.03  # seconds: below, a timing says nothing
REPEATS = 3


def talk(
    i: int, *, calls: int = 1, tools: int = 1, fields: int = 3, labelled: bool = True
) -> Trace:
    "A conversation with `calls` calls of `tools` different tools; results have `fields` fields."
    ms = [Message(role="user", content=f"Please look up order W{i:06d}.")]
    for k in range(calls):
        name, ident = f"tool_{(i + k) % tools}", f"c{i}_{k}"
        one = ToolCall(id=ident, name=name, arguments={"order": f"W{i:06d}", "row": k})
        result = {f"field_{j}": f"v{i}_{j}" for j in range(fields)}
        ms.append(Message(role="assistant", tool_calls=[one]))
        ms.append(Message(role="tool", name=name, tool_call_id=ident, result=result))
    ms += [
        Message(role="assistant", content="It is on its way."),
        Message(role="user", content="Bye"),
    ]
    outcome = "resolved" if labelled and i % 3 else "unresolved" if labelled else None
    meta = {"task_id": str(i // 2)}
    return Trace(conversation_id=f"t{i}", messages=ms, outcome=outcome, metadata=meta)


def one_message(calls: int) -> Trace:
    "One message with many calls, answered in reverse, all under the same name."
    many = [ToolCall(id=f"c{k}", name="f", arguments={"n": k}) for k in range(calls)]
    answers = [Message(role="tool", name="f", tool_call_id=f"c{k}", result=k) for k in range(calls)]
    said = [Message(role="user", content="go"), Message(role="assistant", tool_calls=many)]
    return Trace(conversation_id="one", messages=[*said, *reversed(answers)], outcome="resolved")


def without_ids(calls: int) -> Trace:
    "Many calls without ids, all unanswered but the last."
    many = [
        Message(role="assistant", tool_calls=[ToolCall(name="f", arguments={"n": k})])
        for k in range(calls)
    ]
    answer = [Message(role="tool", name="g", result=0) for _ in range(calls)]
    first = [Message(role="user", content="go")]
    return Trace(conversation_id="none", messages=[*first, *many, *answer], outcome="resolved")


def defined(tools: int) -> TraceSet:
    "Logs that carry many tool definitions."
    schema = {"type": "object", "properties": {"order": {"type": "string"}}}
    specs = [
        {"type": "function", "function": {"name": f"tool_{k}", "parameters": schema}}
        for k in range(tools)
    ]
    t = talk(1)
    return TraceSet([t.model_copy(update={"metadata": {**t.metadata, "tools": specs}})])


def logs(n: int, **more) -> TraceSet:
    return TraceSet([talk(i, **more) for i in range(n)])


def world(traces: TraceSet) -> World:
    return World(traces, ToolMocker(traces), Reward(traces), TraceUser)


class Quick:
    def act(self, messages, tools):
        return Message(role="assistant", content="It is on its way.")


def records(n: int) -> EpisodeSet:
    return EpisodeSet(
        EpisodeRecord(i, f"t{i}", str(i), 0, talk(i), 0.5, verdict="pass") for i in range(n)
    )


def played(n: int) -> None:
    "An episode of `n` calls."
    e = Episode(SMALL_WORLD, SMALL_WORLD.path("t1"))
    for k in range(n):
        e.call("tool_0", {"order": "W000002", "row": k})


def saved(value: object) -> None:
    w = Writer()
    root = w.value(value)
    Reader(State(w.nodes, root, w.arrays)).graph()


def written(traces: TraceSet, verb: str) -> None:
    with tempfile.TemporaryDirectory() as d:
        getattr(traces, verb)(Path(d) / "out.jsonl")


def load(data: bytes) -> TraceSet:
    return ag.load_traces(data, progress=False)


def redacted(data: bytes) -> TraceSet:
    return ag.load_traces(data, redact=True, progress=False)


def many_logs(n: int) -> bytes:
    return "\n".join(dumps(t.to_dict()) for t in logs(n)).encode()


def one_log(calls: int) -> bytes:
    return dumps(talk(1, calls=calls).to_dict()).encode()


def long_log(words: int) -> bytes:
    said = "I am Anna Lim of 12 Oak Street, call 020 7946 0958. " * (words // 10)
    one = Trace(conversation_id="long", messages=[Message(role="user", content=said)])
    return dumps(one.to_dict()).encode()


def csv_rows(n: int) -> bytes:
    rows = (f"{i // 4},{('user', 'assistant')[i % 2]},It is number {i}." for i in range(n))
    return "\n".join(["conversation_id,role,content", *rows]).encode()


def judged_world(calls: int) -> tuple[Reward, Trace]:
    return Reward(logs(40)), talk(2, calls=calls)


def one_in_world(calls: int) -> tuple[Reward, Trace]:
    return Reward(logs(40)), one_message(calls)


def acting(calls: int) -> tuple[ag.agent.RetrievalAgent, Trace]:
    return ag.agent.RetrievalAgent(logs(40)), talk(2, calls=calls)


def talked(turns: int) -> None:
    "An episode in which the agent says one thing `turns` times."
    e = Episode(SMALL_WORLD, SMALL_WORLD.path("t1"))
    for _ in range(turns):
        if e.done:
            e = Episode(SMALL_WORLD, SMALL_WORLD.path("t1"))
        e.say("What is the number of your order?")


SMALL_WORLD: World
Row = tuple[str, str, tuple[int, ...], Callable[[int], object], Callable[[object], object]]
# verb, dimension, sizes, what is made before (not timed), what is timed


def rows() -> Iterator[Row]:
    n = (1000, 2000, 4000)
    yield (
        "load_traces",
        "conversations",
        n,
        lambda k: "\n".join(dumps(t.to_dict()) for t in logs(k)).encode(),
        lambda x: ag.load_traces(x, progress=False),
    )
    for verb in ("summary", "to_pandas", "digest", "split"):
        yield f"TraceSet.{verb}", "conversations", n, logs, lambda x, v=verb: getattr(x, v)()
    yield (
        "TraceSet.filter of filter",
        "conversations",
        n,
        logs,
        lambda x: list(x.filter(lambda t: True).filter(lambda t: True)),
    )
    yield "TraceSet[id]", "conversations", n, logs, lambda x: [x[t.conversation_id] for t in x]
    yield "TraceSet.to_jsonl", "conversations", n, logs, lambda x: written(x, "to_jsonl")
    yield "TaskSet.of, split", "conversations", n, logs, lambda x: TaskSet.of(x).split("train")
    yield (
        "World.tasks",
        "unlabelled conversations",
        n,
        lambda k: logs(k, labelled=False),
        lambda x: TaskSet.of(x, Reward(x).gradable),
    )
    yield (
        "plan",
        "tasks",
        (20000, 40000, 80000),
        lambda k: TaskSet.of(logs(k // 20)),
        lambda x: plan(x, 20 * len(x)),
    )
    yield "infer_tools", "conversations", n, logs, infer_tools
    yield "infer_tools", "tool definitions", n, defined, infer_tools
    yield "infer_tools", "tools called", n, lambda k: logs(k, tools=k), infer_tools
    yield "ToolMocker", "tool definitions", n, defined, ToolMocker
    yield "ToolMocker", "tools called", (200, 400, 800), lambda k: logs(k, tools=k), ToolMocker
    yield "ToolMocker", "conversations", (200, 400, 800), logs, ToolMocker
    yield (
        "ToolMocker",
        "fields of a result",
        (50, 100, 200),
        lambda k: logs(8, fields=k),
        ToolMocker,
    )
    yield (
        "ToolMocker",
        "calls of a conversation",
        (100, 200, 400),
        lambda k: logs(2, calls=k),
        ToolMocker,
    )
    yield (
        "Names.out, back",
        "tools",
        n,
        range,
        lambda x: [m.back(m.out(f"№{k}")) for m in [Names(map("№{}".format, x))] for k in x],
    )
    yield (
        "declarations",
        "tools",
        n,
        lambda k: infer_tools(logs(k, tools=k)),
        lambda x: declarations([*x.values()], Names(x)),
    )
    yield (
        "chat_body",
        "messages",
        n,
        lambda k: talk(1, calls=k).messages,
        lambda x: chat_body("m", x),
    )
    yield "pair", "calls of one message", n, one_message, lambda x: pair(x.messages)
    yield "pair", "calls without ids", n, without_ids, lambda x: pair(x.messages)
    yield "LoggedPath.of", "calls of a conversation", n, lambda k: talk(1, calls=k), LoggedPath.of
    yield "LoggedPath.of", "calls of one message", n, one_message, LoggedPath.of
    yield "Episode.call", "turns", (500, 1000, 2000), int, played
    yield "Episode.trace", "messages", n, lambda k: talk(1, calls=k), copied
    yield (
        "rollout",
        "episodes",
        (200, 400, 800),
        int,
        lambda k: rollout(SMALL_WORLD, Quick(), k, progress=False),
    )
    for verb in ("to_pandas", "digest", "success_rate", "sources"):
        yield f"EpisodeSet.{verb}", "episodes", n, records, lambda x, v=verb: getattr(x, v)()
    yield "EpisodeSet.compare", "episodes", n, records, lambda x: x.compare(x)
    yield "to_sft", "episodes", n, records, ag.to_sft
    yield "saving", "values", n, lambda k: [{"a": i, "b": [i, (i,)]} for i in range(8 * k)], saved
    yield "saving", "conversations", n, lambda k: list(logs(k)), saved
    yield (
        "Reward()",
        "characters",
        n,
        lambda k: "It is 12.50 EUR on May 3. " * (k // 10),
        lambda x: Reward()(x, x),
    )
    m = (200, 400, 800)
    yield "Reward", "conversations", m, logs, Reward
    yield "Reward.episode", "calls of a conversation", m, judged_world, lambda x: x[0].episode(x[1])
    yield "Reward.episode", "calls of one message", m, one_in_world, lambda x: x[0].episode(x[1])
    yield "create_environment", "conversations", m, logs, ag.create_environment
    yield "TraceUser.reply", "turns", (500, 1000, 2000), int, talked
    yield "RetrievalAgent", "conversations", m, logs, ag.agent.RetrievalAgent
    yield "RetrievalAgent.act", "messages", m, acting, lambda x: x[0].act(x[1].messages[:-1])
    yield "compare", "episodes", n, records, lambda x: ag.compare({"a": x, "b": x})
    yield "to_dpo", "episodes", n, records, lambda x: list(ag.to_dpo(x))
    yield "TraceExplorer", "conversations", n, logs, TraceExplorer
    yield "EpisodeExplorer", "episodes", n, records, EpisodeExplorer
    yield "trace_html", "messages", n, lambda k: talk(1, calls=k), lambda x: x._repr_html_()
    yield "load_traces", "messages of one conversation", n, one_log, load
    yield "load_traces", "rows of a CSV file", n, csv_rows, load
    yield "load_traces, redacted", "conversations", m, many_logs, redacted
    yield "load_traces, redacted", "words of a message", n, long_log, redacted
    for name, text in (
        ("words", "the order W123 of Ann Lee "),
        ("digits", "1"),
        ("quotes", '"'),
        ("at signs", "a@"),
        ("capitals", "Aa "),
        ("commas", "1,"),
        ("spaces", " "),
    ):
        yield "facts", name, (20000, 40000, 80000), lambda k, t=text: t * (k // len(t)), facts
        yield "skeleton", name, (20000, 40000, 80000), lambda k, t=text: t * (k // len(t)), skeleton


def seconds(made: object, verb: Callable[[object], object]) -> float:
    best = math.inf
    for _ in range(REPEATS):
        gc.collect()
        start = time.process_time()
        verb(made)
        best = min(best, time.process_time() - start)
        if best > 2:
            break
    return best


def measured(row: Row) -> tuple[list[float], float | None]:
    "Seconds at each size, and the exponent between the last two (None: too quick to tell)."
    _, _, sizes, make, verb = row
    took = [seconds(make(k), verb) for k in sizes]
    if took[-1] < SMALL:
        return took, None
    return took, math.log(took[-1] / max(took[-2], 1e-6)) / math.log(sizes[-1] / sizes[-2])


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--only", default="", help="rows whose verb or dimension holds this")
    p.add_argument("--markdown", action="store_true")
    o = p.parse_args()
    global SMALL_WORLD
    SMALL_WORLD = world(logs(12))
    bad = 0
    sep = " | " if o.markdown else "  "
    if o.markdown:
        print("| verb | dimension | sizes | seconds | exponent |\n|---|---|---|---|---|")
    for row in itertools.filterfalse(lambda r: o.only not in f"{r[0]} {r[1]}", rows()):
        took, e = measured(row)
        bad += e is not None and e > BAR
        told = "small" if e is None else f"{e:.2f}" + (" !" if e > BAR else "")
        times = " ".join(f"{t:.3f}" for t in took)
        cells = [f"{row[0]:26}", f"{row[1]:26}", f"{row[2][-1]:>6}", f"{times:24}", told]
        print(
            ("| " if o.markdown else "") + sep.join(cells) + (" |" if o.markdown else ""),
            flush=True,
        )
    print(f"{bad} rows above {BAR}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
