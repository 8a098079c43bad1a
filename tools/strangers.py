"""Does the gym ever tell one customer what belongs to another? Episodes are played with several
agents, and every made-up value and every turn of the user is held against all values of the logs.

    python tools/strangers.py                               # 500 episodes in each world
    python tools/strangers.py --worlds sample --episodes 40
    AGENT_GYM_BENCH=/path/to/benches python tools/strangers.py --worlds sample,clinic,hire,transfer

Checked are results that the backend made up (whatever is neither replayed nor read from its state)
and turns of the user that are not replayed: e-mails, ids, numbers of 5 digits and more, and names
of two words. A value is a stranger's where it stands in the logs, in no more than `SHARED` requests
and not in the record at hand, and nobody has said it in the episode. Written apart from
`dialogue.owners`, which the gym itself goes by. Exit status 1 where one is told.
"""

import argparse
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from bench_transfer import world_of

import agent_gym as ag
from agent_gym.agent import ReplayAgent, RetrievalAgent
from agent_gym.environment import Episode, World
from agent_gym.trace import Message, Trace

SHARED = 3  # requests: what more of them mention is a product, a desk, a price
TURNS = 12
MADE = {"replay", "state", "function"}  # sources of results that are no invention
_VALUE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?=[\w#-]*\d{3})[A-Za-z#]*[\w-]{5,}|\d{5,}"
    r"|\b[A-Z][a-z]+ [A-Z][a-z]{2,}\b"
)
ASKS = (
    "Could you give me your email address?",
    "What is your user id?",
    "Could you tell me the invoice number?",
    "What is your phone number?",
    "May I have your full name?",
    "And the name and e-mail of the other person?",
)


def texts(value: object) -> Iterator[str]:
    "All texts and numbers in a JSON value."
    if isinstance(value, dict | list):
        for v in value.values() if isinstance(value, dict) else value:
            yield from texts(v)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def values(*said: object) -> set[str]:
    "The values in JSON values that may be somebody's."
    return {m[0].strip("#").lower() for v in said for t in texts(v) for m in _VALUE.finditer(t)}


def spoken(m: Message) -> list[object]:
    "All that a message tells."
    return [m.content, m.result, *(c.arguments for c in m.tool_calls)]


def owners_of(traces: Iterable[Trace]) -> dict[str, set[str]]:
    "The requests that each value of the logs stands in; none for what many mention."
    where: dict[str, set[str]] = defaultdict(set)
    for t in traces:
        for v in {v for m in t.messages for v in values(*spoken(m))}:
            where[v].add(t.task)
    return {v: tasks for v, tasks in where.items() if len(tasks) <= SHARED}


class Prying:
    "Calls tools with made-up arguments and asks for everything."

    def __init__(self, world: World, seed: int) -> None:
        self.tools, self.rng = world.tools, random.Random(seed)

    def argument(self, schema: dict) -> object:
        number = self.rng.randint(10**4, 10**6)
        if choices := schema.get("enum"):
            return self.rng.choice(choices)
        return number if schema.get("type") in ("integer", "number") else f"X{number}"

    def act(self, messages: list[Message], tools: object) -> Message:
        if self.rng.random() < 0.5:
            return Message(role="assistant", content=self.rng.choice(ASKS))
        tool = self.rng.choice(self.tools)
        named = tool.parameters.get("properties", {})
        call = {"name": tool.name, "arguments": {k: self.argument(v) for k, v in named.items()}}
        return Message(role="assistant", tool_calls=[call])


class Astray:
    "Takes the logged turns of its conversation, but pries at every third and after the last."

    def __init__(self, world: World, seed: int, trace: Trace) -> None:
        self.logged, self.pry = ReplayAgent(trace), Prying(world, seed)

    def act(self, messages: list[Message], tools: object) -> Message:
        n = sum(m.role == "assistant" for m in messages)
        if n < 2 or (n < len(self.logged.turns) and n % 3):
            return self.logged.act(messages)
        return self.pry.act(messages, tools)


@dataclass
class Found:
    "What the episodes of a world told."

    episodes: int = 0
    checked: int = 0
    told: list[tuple[str, str]] = field(default_factory=list)  # (what told it, the value)


def play(world: World, agent: object, e: Episode, owners: dict[str, set[str]], out: Found) -> None:
    "One episode; what it told of others goes into `out`."
    task, seen = e.path.trace.task, values(*(x for m in e.messages for x in spoken(m)))
    while not e.done:
        said = agent.act(e.messages, world.tools)
        step = e.step(said)
        seen |= values(*spoken(said))
        made = [(r.source, r.value) for r in step.info["tool_results"]]
        made += [("user", m.content) for m in step.messages if m.role == "user"]
        sources = {m.metadata.get("source", "replay") for m in step.messages if m.role == "user"}
        for source, value in made:
            logged = source in MADE or (source == "user" and sources <= {"replay"})
            if not logged:
                out.checked += 1
                told = {v for v in values(value) if v in owners and task not in owners[v]} - seen
                out.told += [(source, v) for v in sorted(told)]
            seen |= values(value)
    out.episodes += 1


def check(traces: list[Trace], episodes: int) -> Found:
    "Episodes with each kind of agent in turn, over all conversations of the logs."
    world = ag.create_environment(traces).world
    owners, out = owners_of(world.traces), Found()
    retrieval = RetrievalAgent(world.traces)
    makers: list[Callable[[int, Trace], object]] = [
        lambda seed, _: Prying(world, seed),
        lambda seed, t: Astray(world, seed, t),
        lambda seed, _: retrieval,
    ]
    for seed in range(episodes):
        trace = world.traces[seed % len(world.traces)]
        agent = makers[seed % len(makers)](seed, trace)
        play(world, agent, Episode(world, world.path(trace), seed, TURNS), owners, out)
    return out


def main() -> None:
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--worlds", default="sample,clinic,hire")
    ap.add_argument("--episodes", type=int, default=500)
    ap.add_argument("--logs", type=int, default=150)
    ap.add_argument("--seed", type=int, default=300)
    args, failed = ap.parse_args(), False
    for name in args.worlds.split(","):
        traces, _ = world_of(name, "low", args.logs).logs(args.seed)
        found = check(list(traces), args.episodes)
        failed |= bool(found.told)
        print(
            f"{name}: {found.episodes} episodes, {found.checked} made-up results and turns, "
            f"{len(found.told)} values of strangers {found.told[:10]}",
            flush=True,
        )
    sys.exit(failed)


if __name__ == "__main__":
    main()
