"""What belongs to one customer of the logs is never told to another."""

import random

from agent_gym.dialogue.owners import Owners
from agent_gym.environment import Episode

ASKS = (
    "Could you give me your email address?",
    "What is your user id?",
    "Could you tell me the invoice number?",
    "What is your phone number?",
)


def arguments(tool, rng):
    number = lambda: rng.randint(10**4, 10**5)
    draw = lambda v: number() if v.get("type") in ("integer", "number") else f"X{number()}"
    return {k: draw(v) for k, v in tool.parameters.get("properties", {}).items()}


def test_invented_values_are_nobodys(shipped_gym):
    world = shipped_gym.world
    owners, told, invented = Owners(world.traces), [], 0
    for seed in range(60):
        rng, trace = random.Random(seed), world.traces[seed % len(world.traces)]
        e = Episode(world, world.path(trace), seed, 10)
        seen = [m.content or "" for m in e.messages]
        while not e.done:
            tool = rng.choice(world.tools)
            step = (
                e.say(rng.choice(ASKS))
                if rng.random() < 0.5
                else e.step(
                    {"tool_calls": [{"name": tool.name, "arguments": arguments(tool, rng)}]}
                )
            )
            for r in step.info["tool_results"]:
                if r.source in ("synthesised", "effect", "computed"):
                    told += owners.strangers(r.value, trace.conversation_id, seen)
                    invented += 1
                seen.append(r.value)
            for m in step.messages:
                if m.role == "user":
                    told += owners.strangers(m.content, trace.conversation_id, seen)
                    invented += 1
    assert invented > 50 and not told, told
