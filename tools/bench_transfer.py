"""Does practice in a gym help in the true world? The table of ablations, in a world whose truth is known.

    python tools/bench_transfer.py --world sample --seeds 100,101,102              # the package's own world
    python tools/bench_transfer.py --world clinic --noise high --seeds 100          # another domain that the package has never met
    AGENT_GYM_BENCH=/path/to/benches python tools/bench_transfer.py --world transfer --noise high --seeds 100
    for n in 30 100 300 1000; do python tools/bench_transfer.py --world hire --noise none --logs $n --variants "cloning of successes"; done
    python tools/bench_transfer.py --variants "cloning of successes;+ believed labels: cloned;train;practised, both true"

Every agent meets the same new customers; gains are paired with the first variant, with 95 % intervals over customers.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np

import agent_gym as ag
from agent_gym.agent.features import features
from agent_gym.agent.policy import choices, clone
from agent_gym.agent.policy_agent import PolicyAgent
from agent_gym.agent.practice import PracticeSettings, Rollout, Score, practise
from agent_gym.agent.proposals import learn_proposals
from agent_gym.agent.retrieval import clone_agent, imitation_weights
from agent_gym.dialogue.model import DialogueModel, learn_dialogues
from agent_gym.dialogue.script import has_user
from agent_gym.reward.verifier import Verifier
from agent_gym.trace import Message, ToolSpec, Trace, dumps
from agent_gym.train import GymTasks, TraceJudge, TrainResult, TrainSettings, to_score


@dataclass
class TrueWorld:
    "A world with known truth: logs by seed, a fresh scenario by number, and the number behind each logged conversation."

    name: str
    logs: Callable[[int], tuple[list[Trace], dict[str, int]]]
    scenario: Callable[[int], object]
    tools: Sequence[ToolSpec]
    success: Callable[
        [object], tuple[bool, bool]
    ]  # of a finished scenario: success, any rule broken
    generated: frozenset[
        tuple[str, str]
    ]  # (tool, field of its answer) whose values the backend makes up


def sample_world(many: int) -> TrueWorld:
    from agent_gym import sample

    def logs(seed: int) -> tuple[list[Trace], dict[str, int]]:
        traces = sample.sample_traces(many, seed)
        return traces, {
            t.conversation_id: sample.world_seed(str(int(t.conversation_id[5:])), seed)
            for t in traces
        }

    return TrueWorld(
        "sample",
        logs,
        sample.World,
        sample.World.tools,
        lambda w: ((v := w.verdict()).success, bool(v.violations)),
        frozenset({("issue_refund", "refund_id")}),
    )


def clinic_world(noise: float, many: int, flip: float) -> TrueWorld:
    from worlds import clinic, desk
    from worlds.callers import Clinic

    def logs(seed: int) -> tuple[list[Trace], dict[str, int]]:
        made = desk.make_logs(many, noise, seed, flip)
        return [l.trace for l in made], {l.trace.conversation_id: l.number for l in made}

    return TrueWorld(
        f"clinic, noise {noise}",
        logs,
        Clinic,
        clinic.TOOLS,
        lambda w: ((v := w.verdict()).success, bool(v.violations)),
        clinic.GENERATED,
    )


def hire_world(noise: float, many: int, flip: float) -> TrueWorld:
    from worlds import hire

    def logs(seed: int) -> tuple[list[Trace], dict[str, int]]:
        made = hire.make_logs(many, noise, seed, flip)
        return [l.trace for l in made], {l.trace.conversation_id: l.number for l in made}

    return TrueWorld(
        f"hire, noise {noise}",
        logs,
        hire.Caller,
        hire.TOOLS,
        lambda w: ((v := w.verdict()).success, bool(v.violations)),
        hire.GENERATED,
    )


def transfer_world(noise: float, many: int, flip: float, name: str) -> TrueWorld:
    folder = os.environ.get("AGENT_GYM_BENCH")
    if not folder:
        sys.exit("set AGENT_GYM_BENCH to the folder of the benches")
    sys.path.insert(0, str(Path(folder, name)))
    from harness import make_logs
    from world import WORLD

    def logs(seed: int) -> tuple[list[Trace], dict[str, int]]:
        records, truth = make_logs(WORLD, many, noise, seed, flip)
        return list(ag.load_traces(records, progress=False)), {
            r["conversation_id"]: t["scenario"] for r, t in zip(records, truth)
        }

    return TrueWorld(
        f"{name}, noise {noise}",
        logs,
        WORLD,
        WORLD.TOOLS,
        lambda w: ((v := w.verdict())["success"], bool(v["violations"])),
        frozenset((t.name, field) for t in WORLD.TOOLS for field in WORLD.GENERATED),
    )


def world_of(name: str, noise: str, many: int = 300) -> TrueWorld:
    "A world by its name, which leaves `many` logs; `noise` is how bad they are, where there is a choice."
    rate, flip = {"none": (0.0, 0.0), "low": (0.3, 0.05), "high": (0.6, 0.05)}[noise]
    if name == "sample":
        return sample_world(many)
    if name in ("clinic", "hire"):
        return {"clinic": clinic_world, "hire": hire_world}[name](rate, many, flip)
    return transfer_world(rate, many, flip, name)


class TrueRollout:
    "A scenario of the true world, played."

    def __init__(self, world: TrueWorld, number: int, judge: TraceJudge | None):
        self.world, self.scene, self.judge_by, self.done = (
            world,
            world.scenario(number),
            judge,
            False,
        )
        self.messages = [Message(role="user", content=self.scene.open())]

    def step(self, action: Message) -> Sequence[Message]:
        self.messages.append(action)
        before = len(self.messages)
        for c in action.tool_calls:
            value, is_error = self.scene.call(c.name, c.arguments)
            self.messages.append(
                Message(
                    role="tool",
                    name=c.name,
                    tool_call_id=c.id,
                    content=dumps(value),
                    result=value,
                    is_error=is_error,
                )
            )
        if not action.tool_calls:
            words = self.scene.reply(action.content or "")
            self.messages += [] if words is None else [Message(role="user", content=words)]
            self.done = words is None or bool(getattr(self.scene, "left", False))
        return self.messages[before:]

    def score(self) -> Score:
        if self.judge_by is not None:
            return to_score(self.judge_by(Trace(conversation_id="rollout", messages=self.messages)))
        won = self.world.success(self.scene)[0]
        return Score("pass" if won else "fail", float(won))


class TrueTasks:
    "Rollouts with the customers of the logs, in the true world; without `judge`, with the true verdict."

    def __init__(self, world: TrueWorld, numbers: Sequence[int], judge: TraceJudge | None):
        self.world, self.numbers, self.judge_by, self.tools = world, numbers, judge, world.tools

    @property
    def customers(self) -> int:
        return len(self.numbers)

    def start(self, customer: int, seed: int) -> TrueRollout:
        return TrueRollout(self.world, self.numbers[customer], self.judge_by)


class Told:
    "Rollouts of a gym, judged otherwise: by `judge(customer, seed, rollout)`."

    def __init__(self, tasks: GymTasks, judge: Callable[[int, int, Rollout], Score]):
        self.tasks, self.judge_by, self.tools = tasks, judge, tasks.tools

    @property
    def customers(self) -> int:
        return self.tasks.customers

    def start(self, customer: int, seed: int) -> Rollout:
        rollout = self.tasks.start(customer, seed)
        void = Score("abstain", void=True)
        rollout.score = lambda: void if rollout.void else self.judge_by(customer, seed, rollout)
        return rollout


def replayed(world: TrueWorld, number: int, messages: Sequence[Message]) -> Score:
    "The true verdict on what the assistant did in `messages`, done again in the true world."
    rollout = TrueRollout(world, number, None)
    for m in messages:
        if m.role == "assistant" and not rollout.done:
            rollout.step(m)
    return rollout.score()


class NearestNeighbour(PolicyAgent):
    "Does what was done in the most similar state (Jaccard similarity of features) of the traces given."

    def __init__(self, traces: Sequence[Trace]):
        p = learn_proposals(traces)
        super().__init__(clone(p, traces, [1.0] * len(traces)), None, "nearest neighbour")
        self.rows = [(set(c.features), c.taken) for t in traces for c in choices(p, t.messages)]

    def act(self, messages: list[Message], tools: Sequence[ToolSpec] | None = None) -> Message:
        proposals = self.policy.proposals
        state = proposals.start()
        for _ in proposals.walk(messages, state):
            pass
        here, can = set(features(state, proposals.vocabulary)), set(proposals.candidates(state))
        rows = ((len(here & f) / len(here | f), -n, c) for n, (f, c) in enumerate(self.rows))
        best = max((row for row in rows if row[2] in can), default=None)
        if best is None:
            return super().act(messages, tools)
        return proposals.message(best[2], state, len(messages))


def score(world: TrueWorld, agent: object, n: int, start: int) -> tuple[list[int], float, float]:
    "Successes (0/1) over `n` new customers, share with a broken rule, milliseconds a turn."
    won, broken, turns, spent = [], 0, 0, 0.0
    for k in range(n):
        game = TrueRollout(world, start + k, None)
        for _ in range(30):
            t = time.perf_counter()
            action = agent.act(list(game.messages), list(world.tools))
            spent, turns = spent + time.perf_counter() - t, turns + 1
            game.step(
                action.model_copy(
                    update={
                        "tool_calls": [
                            c.model_copy(update={"id": c.id or f"c{turns}{i}"})
                            for i, c in enumerate(action.tool_calls)
                        ]
                    }
                )
            )
            if game.done:
                break
        ok, bad = world.success(game.scene)
        won.append(int(ok))
        broken += bad
    return won, broken / n, 1e3 * spent / max(1, turns)


class Parts:
    "The parts that the variants below are put together from; each is made when first asked for."

    def __init__(
        self,
        world: TrueWorld,
        traces: list[Trace],
        numbers: dict[str, int],
        seed: int,
        settings: PracticeSettings,
    ):
        self.world, self.traces, self.numbers, self.seed = world, traces, numbers, seed
        self.settings = settings

    @cached_property
    def gym(self) -> ag.Gym:
        return ag.create_environment(self.traces, seed=self.seed)

    @cached_property
    def rules(self) -> Verifier:
        return Verifier(self.traces, dialogue=self.dialogue, seed=self.seed)

    @cached_property
    def dialogue(self) -> DialogueModel:
        return learn_dialogues(self.traces)

    @cached_property
    def believed(self) -> list[float]:
        return list(self.rules.success)

    @cached_property
    def cloned(self) -> PolicyAgent:
        return clone_agent(self.traces, self.dialogue, self.believed, seed=self.seed)

    @cached_property
    def trained(self) -> TrainResult:
        return ag.train(
            self.gym, seed=self.seed, progress=False, settings=TrainSettings(self.settings)
        )

    def imitate(self, weights: list[float], intents: bool = True) -> PolicyAgent:
        "Cloning with some of its parts."
        p = learn_proposals(self.traces, self.dialogue if intents else None)
        return PolicyAgent(clone(p, self.traces, weights, seed=self.seed))

    def practised(self, source: object) -> PolicyAgent:
        "The cloned agent after practice with `source`."
        p, weights = self.cloned.policy.proposals, imitation_weights(self.traces, self.believed)
        base = [c for t, w in zip(self.traces, weights) if w > 0 for c in choices(p, t.messages, w)]
        return practise(self.cloned, base, source, self.settings, self.seed)[0]

    @cached_property
    def customers(self) -> list[Trace]:
        return [t for t in self.traces if has_user(t)]

    def number(self, customer: int) -> int:
        return self.numbers[self.customers[customer].conversation_id]

    def there(self, judge: TraceJudge | None) -> TrueTasks:
        return TrueTasks(self.world, [self.number(c) for c in range(len(self.customers))], judge)

    def told(self, judge: Callable[[int, int, Rollout], Score]) -> Told:
        return Told(GymTasks(self.gym, self.customers, self.gym.reward_fn.episode), judge)


def at_random(customer: int, seed: int, rollout: Rollout) -> Score:
    "A verdict that passes 35 in 100, whatever was done."
    draw = random.Random(f"{customer}/{seed}/{len(rollout.messages)}").random()
    return Score("pass", 1.0) if draw < 0.35 else Score("abstain", 0.3)


def variants(parts: Parts) -> dict[str, Callable[[], object]]:
    "Agents by name; each is made when asked for."
    good = [t for t in parts.traces if t.success]
    successes = imitation_weights(parts.traces)
    judge = lambda: parts.gym.reward_fn.episode
    return {
        "nearest neighbour, all": lambda: NearestNeighbour(parts.traces),
        "nearest neighbour, successes": lambda: NearestNeighbour(good),
        "cloning of all": lambda: parts.imitate([1.0] * len(parts.traces)),
        "cloning of successes": lambda: parts.imitate(successes),
        "without intents": lambda: parts.imitate(successes, intents=False),
        "+ believed labels: cloned": lambda: parts.cloned,
        "train": lambda: parts.trained.agent,
        "practised": lambda: parts.trained.practised,
        "practised, verdict at random": lambda: parts.practised(parts.told(at_random)),
        "practised, true verdict": lambda: parts.practised(
            parts.told(lambda c, s, r: replayed(parts.world, parts.number(c), r.messages))
        ),
        "practised, true dynamics": lambda: parts.practised(parts.there(judge())),
        "practised, both true": lambda: parts.practised(parts.there(None)),
    }


def main() -> None:
    a = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    a.add_argument(
        "--world", choices=("sample", "clinic", "hire", "transfer", "transfer_b"), default="sample"
    )
    a.add_argument("--noise", choices=("none", "low", "high"), default="high")
    a.add_argument("--seeds", default="100")
    a.add_argument("--n", type=int, default=300, help="new customers each agent meets")
    a.add_argument("--logs", type=int, default=300, help="logged conversations")
    a.add_argument("--tries", type=int, default=PracticeSettings.tries)
    a.add_argument("--rounds", type=int, default=PracticeSettings.rounds)
    a.add_argument("--variants", help="names with ; between; default: all")
    a.add_argument("--against", help="the variant that gains are counted from; default: the first")
    a.add_argument("--json", type=Path, help="where the runs are written, after every seed")
    a.add_argument(
        "--merge",
        type=Path,
        nargs="+",
        help="print the table of runs written before, all of the same length",
    )
    o = a.parse_args()
    table: Table = {}
    if o.merge:
        for file in o.merge:
            for name, runs in json.loads(file.read_text()).items():
                table.setdefault(name, []).extend(map(tuple, runs))
        print_table(table, o.against, " + ".join(f.stem for f in o.merge))
        return
    world = world_of(o.world, o.noise, o.logs)
    for seed in map(int, o.seeds.split(",")):
        traces, numbers = world.logs(seed)
        settings = PracticeSettings(rounds=o.rounds, tries=o.tries)
        made = variants(Parts(world, traces, numbers, seed, settings))
        for name in [n.strip() for n in o.variants.split(";")] if o.variants else made:
            start = time.perf_counter()
            agent = made[name]()
            spent = time.perf_counter() - start
            table.setdefault(name, []).append((*score(world, agent, o.n, 50_000_000), spent))
            print(
                f"  seed {seed}  {name:<34} {statistics.mean(table[name][-1][0]):.3f}", flush=True
            )
        if o.json:
            o.json.write_text(json.dumps(table))
    print_table(table, o.against, f"{world.name}, {o.logs} logs, seeds {o.seeds}")


Table: TypeAlias = dict[
    str, list[tuple[list[int], float, float, float]]
]  # variant: for each seed successes, share with a broken rule, ms a turn, seconds of training


def print_table(table: Table, against: str | None, title: str) -> None:
    "Success, broken rules and paired gains with 95 % intervals: the wider of that over customers and that over seeds (Student's t)."
    from scipy.stats import t

    first = against or next(iter(table))
    print(
        f"\n{title}: {len(table[first][0][0])} new customers a seed; gain over {first!r}\n{'':<34}seeds  success  broken rules  gain             ahead  ms a turn  seconds"
    )
    for name, runs in table.items():
        pairs = list(zip(runs, table[first]))
        d = np.concatenate([np.subtract(r[0], b[0]) for r, b in pairs])
        by_seed = np.array([np.mean(np.subtract(r[0], b[0])) for r, b in pairs])
        n = len(by_seed)
        half = max(
            1.96 * d.std() / len(d) ** 0.5,
            t.ppf(0.975, n - 1) * by_seed.std(ddof=1) / n**0.5 if n > 1 else 0,
        )
        print(
            f"{name:<34}{n:>5}  {np.mean([r[0] for r in runs]):.3f}    {np.mean([r[1] for r in runs]):.3f}         {d.mean():+.3f} ± {half:.3f}   {(by_seed > 0).sum():>2}/{n:<2}  {np.mean([r[2] for r in runs]):8.2f}  {np.mean([r[3] for r in runs]):7.1f}"
        )


if __name__ == "__main__":
    main()
