"""Where a gym's estimates go wrong: its user, its tools or its verdict, each replaced by the true one.

    python tools/bench_sources.py --world sample --seeds 100
    AGENT_GYM_BENCH=/path/to/benches python tools/bench_sources.py --world transfer --noise high --seeds 100

Agents of graded quality talk to the customers of the logs. The true backend and the true customer are always told what is done, so that there is a true verdict on every talk, even where the
agent hears the learned ones. Each row gives, over the agents, Kendall's tau-b with the truth, the mean of the absolute gap and the mean gap (estimate less truth).
"""

import argparse
import random
import statistics
from collections.abc import Sequence

from bench_transfer import TrueWorld, world_of

import agent_gym as ag
from agent_gym.factory import Gym
from agent_gym.trace import Message, Trace, dumps


def graded(name: str) -> dict[str, object]:
    "Agents of graded quality by name."
    constant = {
        "says nothing": Words("I see. Thank you for telling me."),
        "claims": Words("Your request is done, all is set. Goodbye!"),
    }
    if name == "sample":
        from agent_gym.sample import ScriptedAgent

        made = {f"skill {s}": ScriptedAgent(s, 5) for s in (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)}
        return (
            made
            | {
                f: ScriptedAgent(1.0, 5, frozenset({f}))
                for f in (
                    "skip_verify",
                    "skip_consent",
                    "hide",
                    "generous",
                    "false_done",
                    "refuse_early",
                    "escalate",
                )
            }
            | constant
        )
    if name == "clinic":
        from worlds import desk

        made = {f"slips {n}": desk.Clerk(5, n) for n in (0.0, 0.05, 0.15, 0.3, 0.6)}
        made |= {f"slips {n}, own words": desk.Clerk(5, n, other=True) for n in (0.0, 0.15)} | {
            "skips identity, own words": desk.Clerk(
                5, 0.0, frozenset({"skip_identity"}), other=True
            )
        }
        return made | {f: desk.Clerk(5, 0.0, frozenset({f})) for f in desk.FAULTS} | constant
    from run import graded as of_bench

    return of_bench(5)


class Words:
    "Says the same whatever happens."

    def __init__(self, text: str):
        self.text = text

    def act(self, messages: list[Message], tools: Sequence[object]) -> Message:
        return Message(role="assistant", content=self.text)


def talk(
    world: TrueWorld,
    gym: Gym,
    log: Trace,
    number: int,
    agent: object,
    true_user: bool,
    true_tools: bool,
) -> tuple[Trace, bool]:
    "One talk about the customer of `log`, and its true verdict."
    scene, session, user = (
        world.scenario(number),
        gym.world.mocker.session(0, trace=log),
        gym.world.user(log, 0),
    )
    messages, gone = [Message(role="user", content=scene.open())], False
    user.open()
    for k in range(30):
        turn = agent.act(list(messages), list(world.tools))
        calls = [
            c.model_copy(update={"id": c.id or f"c{k}_{i}"}) for i, c in enumerate(turn.tool_calls)
        ]
        messages.append(Message(role="assistant", content=turn.content, tool_calls=calls))
        for c in calls:
            value, is_error = scene.call(c.name, c.arguments)
            if not true_tools:
                given = session.call(c.name, c.arguments)
                value, is_error = given.value, given.is_error
            messages.append(
                Message(
                    role="tool",
                    name=c.name,
                    tool_call_id=c.id,
                    content=dumps(value),
                    result=value,
                    is_error=is_error,
                )
            )
        if not calls:
            words = None if gone else scene.reply(turn.content or "")
            gone = gone or words is None or bool(getattr(scene, "left", False))
            if not true_user:
                words = user.reply(messages)
            messages += [] if words is None else [Message(role="user", content=words)]
            if words is None or (gone if true_user else user.left):
                break
    return Trace(conversation_id=f"{log.conversation_id}#0", messages=messages), world.success(
        scene
    )[0]


def tau(x: Sequence[float], y: Sequence[float]) -> float:
    "Kendall's tau-b."
    from scipy.stats import kendalltau

    return float(kendalltau([round(v, 3) for v in x], [round(v, 3) for v in y]).statistic)


ROWS = (
    ("verdict learned", True, True),
    ("user learned", False, True),
    ("tools learned", True, False),
    ("user and tools learned", False, False),
)


def main() -> None:
    a = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    a.add_argument("--world", choices=("sample", "clinic", "transfer"), default="sample")
    a.add_argument("--noise", choices=("low", "high"), default="high")
    a.add_argument("--seeds", default="100")
    a.add_argument("--n", type=int, default=60, help="customers each agent meets")
    a.add_argument("--agents", action="store_true", help="also a line for each agent")
    o = a.parse_args()
    world = world_of(o.world, o.noise)
    lines: dict[str, list[tuple[float, float, float]]] = {}
    for seed in map(int, o.seeds.split(",")):
        logs, numbers = world.logs(seed)
        traces = ag.TraceSet(logs)
        gym = ag.create_environment(traces, seed=seed)
        chosen = random.Random(f"sources/{seed}").sample(
            [t.conversation_id for t in gym.tasks], min(o.n, len(gym.tasks))
        )
        agents = graded(o.world) | {"retrieval": ag.RetrievalAgent(traces)}
        found: dict[str, dict[str, float]] = {}
        for name, agent in agents.items():
            mine = found[name] = {}
            for row, true_user, true_tools in ROWS:
                talks = [
                    talk(world, gym, traces[c], numbers[c], agent, true_user, true_tools)
                    for c in chosen
                ]
                won, judged = (
                    statistics.mean(ok for _, ok in talks),
                    statistics.mean(gym.world.grade(t).score for t, _ in talks),
                )
                if true_user and true_tools:
                    mine |= {"truth": won, "verdict learned": judged}
                else:
                    mine[row] = won
                if not (true_user or true_tools):
                    mine["all learned: the gym"] = judged
            if o.agents:
                print(
                    f"  seed {seed}  {name:<30}"
                    + "  ".join(f"{k} {v:.2f}" for k, v in mine.items()),
                    flush=True,
                )
        for row in (
            "verdict learned",
            "user learned",
            "tools learned",
            "user and tools learned",
            "all learned: the gym",
        ):
            x, y = [f[row] for f in found.values()], [f["truth"] for f in found.values()]
            lines.setdefault(row, []).append(
                (
                    tau(x, y),
                    statistics.mean(abs(p - q) for p, q in zip(x, y)),
                    statistics.mean(p - q for p, q in zip(x, y)),
                )
            )
    print(f"\n{world.name}, {o.n} customers, seeds {o.seeds}\n{'':<26}tau     |gap|    gap")
    for row, values in lines.items():
        print(f"{row:<26}" + "   ".join(f"{statistics.mean(v):+.3f}" for v in zip(*values)))


if __name__ == "__main__":
    main()
