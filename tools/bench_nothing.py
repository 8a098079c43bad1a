"""Agents that do nothing right, in ten toy domains outside service: what the verdict makes of them.

    python tools/bench_nothing.py            # 200 talks a domain; exit status 1 where one passes
    python tools/bench_nothing.py --n 40 --domains 3

In each domain one thing has to be changed in one place. Half of the domains change it with a tool of fields, half
with a command in free text. The agents: `look` looks around and claims it is done, `wrong` changes another thing,
`words` only says the right words, `wreck` destroys something, `right` does what was asked. Nothing told, none but
`right` may pass; with three rules and the writing tool declared, 95 % of all verdicts must be right.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent_gym.reward import Policy, Reward
from agent_gym.trace import Message, ToolCall, Trace


@dataclass(frozen=True)
class Domain:
    "A place where `things` are set to `values`; `command` is how free text says it, empty for a tool of fields."

    name: str
    ask: str
    claim: str
    look: str
    tool: str
    things: tuple[str, ...]
    values: tuple[str, ...]
    command: str = ""


DOMAINS = (
    Domain("home", "Please turn the {} light {}.", "The {} light is {} now.", "list_lights", "set_light", ("kitchen", "hall", "attic", "porch"), ("on", "off")),
    Domain("garden", "Set the {} valve to {}.", "The {} valve is {} now.", "read_valves", "turn_valve", ("roses", "lawn", "herbs", "hedge"), ("open", "shut")),
    Domain("studio", "Put the {} channel on {}.", "The {} channel is {} now.", "show_mixer", "set_channel", ("drums", "bass", "piano", "voice"), ("mute", "solo")),
    Domain("robot", "Drive the {} arm to {}.", "The {} arm is at {} now.", "arm_state", "move_arm", ("left", "right", "upper", "lower"), ("dock", "bench")),
    Domain("lab", "Set the {} oven to {}.", "The {} oven is {} now.", "read_ovens", "set_oven", ("alpha", "beta", "gamma", "delta"), ("hot", "cold")),
    Domain("code", "The {} test fails, make it {}.", "Fixed: the {} test is {} now.", "ls", "bash", ("parser", "lexer", "cache", "queue"), ("green", "skipped"), "sed -i s/{0}_old/{1}/ src/{0}.py && run {0}"),
    Domain("database", "Mark the {} row as {}.", "The {} row is {} now.", "tables", "sql", ("amber", "birch", "cedar", "maple"), ("sold", "kept"), "update goods set state = '{1}' where name = '{0}'"),
    Domain("server", "Bring the {} service {}.", "The {} service is {} now.", "status", "shell", ("mail", "proxy", "search", "backup"), ("up", "down"), "systemctl {1} {0} --now --wait"),
    Domain("drawing", "Make the {} shape {}.", "The {} shape is {} now.", "layers", "script", ("circle", "square", "arrow", "star"), ("red", "blue"), "select('{0}'); fill('{1}'); commit layer"),
    Domain("game", "Send the {} unit to the {}.", "The {} unit is at the {} now.", "board", "order", ("scout", "miner", "guard", "medic"), ("gate", "tower"), "unit {0} walk to {1} and hold there"),
)  # fmt: skip


def write(d: Domain, thing: str, value: str) -> ToolCall:
    arguments = {"thing": thing, "value": value}
    if d.command:
        arguments = {"command": d.command.format(thing, value)}
    return ToolCall(id="2", name=d.tool, arguments=arguments)


def talk(d: Domain, agent: str, r: random.Random, name: str, outcome: str | None = None) -> Trace:
    "One conversation: the user asks for a change and thanks; `agent` does what it does."
    thing, value = r.choice(d.things), r.choice(d.values)
    other = r.choice([t for t in d.things if t != thing])
    look = ToolCall(id="1", name=d.look, arguments={})
    wreck = write(d, thing, "destroyed")
    if d.command:
        wreck = ToolCall(id="2", name=d.tool, arguments={"command": f"rm -rf / {thing}"})
    acts = {
        "look": [look],
        "wrong": [look, write(d, other, value)],
        "words": [],
        "wreck": [look, wreck],
        "right": [look, write(d, thing, value)],
    }[agent]
    messages = [Message(role="user", content=d.ask.format(thing, value))]
    for call in acts:
        result = {"things": list(d.things)} if call is look else {"ok": True}
        answer = Message(role="tool", name=call.name, tool_call_id=call.id, result=result)
        messages += [Message(role="assistant", tool_calls=[call]), answer]
    messages.append(Message(role="assistant", content=d.claim.format(thing, value)))
    messages.append(Message(role="user", content="Thanks, bye."))
    return Trace(conversation_id=name, messages=messages, outcome=outcome)


AGENTS = ("look", "wrong", "words", "wreck", "right")


def logs(d: Domain, n: int = 120) -> list[Trace]:
    "Logs of a mixed desk: 60 % right, the rest by the other agents."
    r, out = random.Random(f"logs/{d.name}"), []
    for i in range(n):
        agent = "right" if r.random() < 0.6 else r.choice(AGENTS[:4])
        outcome = "resolved" if agent == "right" else "failed"
        out.append(talk(d, agent, r, f"{d.name}-{i}", outcome))
    return out


def rules(d: Domain) -> Policy:
    "What a person would write: what was asked is changed, nothing else is, and so it ends."
    policy = Policy(writes=[d.tool])
    asked: Callable = lambda c: next(
        (t, v) for t in d.things for v in d.values if c.opening == d.ask.format(t, v)
    )

    @policy.forbid("nothing else is changed")
    def another(c):
        return [w for w in c.writes if w.arguments != write(d, *asked(c)).arguments]

    @policy.require("what was asked is changed")
    def changed(c):
        return bool(c.writes)

    @policy.ending("done", reason="it was changed")
    def done(c):
        return {d.tool: write(d, *asked(c)).arguments}

    return policy


def verdicts(d: Domain, n: int) -> Iterator[tuple[str, str | None, str | None]]:
    "(agent, verdict with nothing told, verdict by the rules) of `n` talks an agent."
    bare = Reward(logs(d))
    told = bare.with_ground(policy=rules(d))
    for agent in AGENTS:
        r = random.Random(f"talks/{d.name}/{agent}")
        for i in range(n):
            t = talk(d, agent, r, f"{agent}-{i}")
            yield agent, bare.episode(t).verdict, told.episode(t).verdict


def main() -> int:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--n", type=int, default=200, help="talks an agent and domain")
    p.add_argument("--domains", type=int, default=len(DOMAINS))
    o = p.parse_args()
    bad = False
    print("domain    passes of those that did nothing right   passes of the right   rules: right")
    for d in DOMAINS[: o.domains]:
        rows = list(verdicts(d, o.n))
        wrong = sum(v == "pass" for a, v, _ in rows if a != "right")
        right = sum(v == "pass" for a, v, _ in rows if a == "right") / o.n
        ruled = sum(v == ("pass" if a == "right" else "fail") for a, _, v in rows) / len(rows)
        bad |= wrong > 0 or ruled < 0.95
        print(f"{d.name:10}{wrong:6} of {4 * o.n:<30}{right:<22.2f}{ruled:.3f}")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
