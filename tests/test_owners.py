"""What belongs to one customer of the logs is never told to another."""

import random
import sys
from pathlib import Path

from agent_gym.dialogue.owners import Owners
from agent_gym.environment import Episode
from agent_gym.trace import Message, Trace

ROOT = Path(__file__).resolve().parents[1]

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


def test_played_episodes_tell_nothing_of_strangers(shipped_logs):
    "The audit of `tools/strangers.py`, which knows values by rules of its own, in few episodes."
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import strangers
    finally:
        sys.path.pop(0)
    found = strangers.check(list(shipped_logs), 24)
    assert found.episodes == 24 and found.checked > 30
    assert not found.told, found.told


def test_the_audit_finds_a_value_of_another():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import strangers
    finally:
        sys.path.pop(0)
    said = [Message(role="user", content="I am Anna Lim, anna@shop.com, order #W4821.")]
    owners = strangers.owners_of([Trace(conversation_id="a", messages=said)])
    assert set(owners) >= {"anna lim", "anna@shop.com", "w4821"}
    assert strangers.values({"note": ["Anna Lim", 48213]}) == {"anna lim", "48213"}
