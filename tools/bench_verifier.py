"""Verdicts against true verdicts, on talks of agents that the logs do not know: one table by agent and by request.

    python tools/bench_verifier.py                              # sample, clinic and hire; nothing told
    python tools/bench_verifier.py --worlds clinic --labels 40  # also with labels that the queue asked for
    python tools/bench_verifier.py --policies tools/policies --worlds sample   # also by rules in FOLDER/WORLD.py
    AGENT_GYM_BENCH=FOLDER python tools/bench_verifier.py --worlds transfer    # a world behind FOLDER/transfer
    python tools/bench_verifier.py --mutants                    # also spoiled copies of what passed

Talks are played in the true world: by agents cloned from the logged successes (greedy and sampled), slipping and
faulty ones, one that makes no mistakes ("good") and one whose wordings no log holds ("own words"). They carry no
label. Each agent's talks count once. Settings of the verdict were chosen on sample, clinic and hire (seeds 200 and
201). Exit status 1 when a target is missed.
"""

import argparse
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

from agent_gym.agent.policy import clone
from agent_gym.agent.policy_agent import PolicyAgent
from agent_gym.agent.proposals import learn_proposals
from agent_gym.reward import Label, Policy, Reward, RewardBreakdown
from agent_gym.reward.mutations import mutation_test
from agent_gym.trace import Trace

NOISE = {"high": 0.6, "low": 0.3}
WRONG_LABELS = 0.05


@dataclass
class Judged:
    "A talk of `agent` at a request, and whether it was a success in truth."

    trace: Trace
    success: bool
    request: str
    agent: str


class Sample:
    "The project's own small true world."

    name, levels = "sample", ("sample",)

    def logs(self, level: str, seed: int, n: int) -> list[Trace]:
        from agent_gym.sample import logs

        return list(logs.sample_traces(n, seed))

    def judged(self, traces: list[Trace], level: str, seed: int, n: int) -> Iterator[Judged]:
        from agent_gym.sample import ScriptedAgent, World, play
        from agent_gym.sample.agent import FAULTS

        for agent, skill in (("good", 1.0), ("slipping", 0.6), ("faulty", 0.8)):
            for i in range(n):
                r = random.Random(f"bench/{seed}/{agent}/{i}")
                some = frozenset(f for f in FAULTS if r.random() < 0.25)
                faults = {"good": frozenset(), "slipping": None, "faulty": some}[agent]
                at = 50_000_000 + seed * 10_000 + i
                made = ScriptedAgent(skill, seed=i, faults=faults)
                trace, verdict = play(made, at, f"{agent}-{i}")
                bare = trace.model_copy(update={"outcome": None, "satisfaction_score": None})
                yield Judged(bare, verdict.success, World(at).scenario.kind, agent)


class Desk:
    "The clinic (another domain) or the hire shop (messier people, two requests at once) of tools/worlds."

    levels = ("high", "low")

    def __init__(self, name: str, desk: ModuleType, scene: Callable, tools: Sequence):
        self.name, self.desk, self.scene, self.tools = name, desk, scene, tools

    def logs(self, level: str, seed: int, n: int) -> list[Trace]:
        return [x.trace for x in self.desk.make_logs(n, NOISE[level], seed, WRONG_LABELS)]

    def judged(self, traces: list[Trace], level: str, seed: int, n: int) -> Iterator[Judged]:
        from worlds import play

        policy, base = clone(learn_proposals(traces), traces), 60_000_000 + seed * 10_000
        clerk, faults = self.desk.Clerk, self.desk.FAULTS
        agents = {
            "cloned": lambda i, r: PolicyAgent(policy),
            "sampled": lambda i, r: SampledPolicy(policy, seed * 1000 + i),
            "slipping": lambda i, r: clerk(i, r.choice([0.05, 0.15, 0.3])),
            "faulty": lambda i, r: clerk(
                i, 0.05, frozenset(f for f, p in faults.items() if r.random() < 0.5 * p)
            ),
            "good": lambda i, r: clerk(seed),
            "own words": lambda i, r: clerk(i, r.choice([0.0, 0.15]), other=True),
        }
        for k, (name, make) in enumerate(agents.items()):
            for i in range(n):
                scene = self.scene(base + 1000 * k + i)
                agent = make(i, random.Random(f"bench/{seed}/{name}/{i}"))
                messages = play(scene, agent, self.tools, 20)
                trace, verdict = (
                    Trace(conversation_id=f"{name}-{i}", messages=messages),
                    scene.verdict(),
                )
                yield Judged(trace, verdict.success, verdict.kind, name)


class Transfer:
    "A true world of a bench folder, behind its harness."

    levels = ("high", "low")

    def __init__(self, folder: Path):
        sys.path.insert(0, str(folder))
        import baselines
        import harness
        import world

        self.h, self.b, self.w, self.name = harness, baselines, world.WORLD, world.WORLD.NAME

    def logs(self, level: str, seed: int, n: int) -> list[Trace]:
        self.records, _ = self.h.make_logs(self.w, n, NOISE[level], seed, flip=WRONG_LABELS)
        return [Trace.model_validate(r) for r in self.records]

    def judged(self, traces: list[Trace], level: str, seed: int, n: int) -> Iterator[Judged]:
        cloned, base = self.b.clone(self.records, True, seed=seed), 5_000_000 + seed * 10_000
        agents = {
            "cloned": lambda i: cloned,
            "sampled": lambda i: SampledClone(cloned.p, seed * 1000 + i),
            "slipping": lambda i: self.scripted(seed, i, slips=True),
            "faulty": lambda i: self.scripted(seed, i, slips=False),
            "good": lambda i: self.h.Scripted(self.w, seed),
            "own words": lambda i: self.h.Scripted(self.w, seed + i, (0.0, 0.15)[i % 2], alt=True),
        }
        for k, (name, make) in enumerate(agents.items()):
            for i in range(n):
                world, messages = self.h.episode(self.w, make(i), base + 1000 * k + i, 20)
                verdict = world.verdict()
                world.db.close()
                said = [self.h.to_dict(m) for m in messages]
                trace = Trace.model_validate({"conversation_id": f"{name}-{i}", "messages": said})
                yield Judged(trace, verdict["success"], verdict["goal"], name)

    def scripted(self, seed: int, i: int, slips: bool) -> object:
        r = random.Random(f"bench/{seed}/{slips}/{i}")
        faults = [] if slips else [f for f, p in self.w.FAULTS.items() if r.random() < 0.5 * p]
        noise = r.choice([0.05, 0.15, 0.3]) if slips else 0.05
        return self.h.Scripted(self.w, r.random(), noise, faults)


class SampledPolicy(PolicyAgent):
    "A cloned policy that draws its acts by their probabilities (largest log probability with Gumbel noise)."

    def __init__(self, policy, seed: int):
        super().__init__(policy)
        self.rng = np.random.default_rng(seed)

    def ranked(self, d, tools=None):
        rows = super().ranked(d, tools)
        noisy = np.log([q + 1e-12 for _, q in rows]) + self.rng.gumbel(size=len(rows))
        return [rows[j] for j in np.argsort(-noisy, kind="stable")]


class SampledClone:
    "A clone of the bench that draws its acts, as it would in training."

    def __init__(self, policy, seed: int):
        self.policy, self.rng = policy, np.random.default_rng(seed)

    def act(self, messages, tools=()):
        state = [s for s, _ in self.policy.L.walk(messages)][-1]
        found, _, chances = self.policy.probs(state)
        return self.policy.L.make(int(self.rng.choice(found, p=chances)), state, len(messages))


def worlds(names: Sequence[str]) -> Iterator[Sample | Desk | Transfer]:
    "The worlds of these names; others than the project's own lie in the folder AGENT_GYM_BENCH."
    from worlds import callers, clinic, desk, hire

    own = {
        "sample": Sample,
        "clinic": lambda: Desk("clinic", desk, callers.Clinic, clinic.TOOLS),
        "hire": lambda: Desk("hire", hire, hire.Caller, hire.TOOLS),
    }
    for name in names:
        yield own[name]() if name in own else Transfer(Path(os.environ["AGENT_GYM_BENCH"]) / name)


def judges(traces: list[Trace], asked: list[Judged], labels: int, policy: Policy | None) -> dict:
    "What is told to the reward, and the reward that was told it; the queue asks for talks of `asked`."
    bare = Reward(traces)
    out: dict[str, Callable[[Trace], RewardBreakdown]] = {"nothing": bare.episode}
    if labels:
        truth = {c.trace.conversation_id: c.success for c in asked}
        queue = bare.label_queue(labels, [(c.trace, c.agent) for c in asked])
        given = [Label.of(t, bool(truth[t.conversation_id])) for t in queue]
        out[f"{labels} labels"] = bare.with_ground(labels=given).episode
    if policy is not None:
        out["rules"] = bare.with_ground(policy=policy).episode
    return out


def row(found: list[tuple[str | None, bool]]) -> dict[str, float]:
    "Precision and recall of passes, successes that fail, and the share that is left open."
    passed = [ok for v, ok in found if v == "pass"]
    right = [v for v, ok in found if ok]
    return {
        "talks": len(found),
        "successes": len(right),
        "precision": float(np.mean(passed)) if passed else float("nan"),
        "recall": float(np.mean([v == "pass" for v in right])) if right else float("nan"),
        "false fails": float(np.mean([v == "fail" for v in right])) if right else float("nan"),
        "open": float(np.mean([v not in ("pass", "fail") for v, _ in found])),
    }


def missed(key: tuple[str, ...], r: dict[str, float]) -> bool:
    "Whether an agent's row misses what is asked of what was told."
    told, level, by = key[1:4]
    if by != "agent":
        return False
    precision = 0.97 if told == "rules" else 0.93 if "labels" in told else 0.9
    recall = 0.95 if told == "rules" else (0.4 if level == "high" else 0.7)
    recall += 0.1 * ("labels" in told)
    low = r["precision"] < precision or r["recall"] < recall
    return low or (key[4] == "good" and r["false fails"] > 0.02)


def show(rows: dict[tuple[str, ...], dict[str, float]]) -> None:
    heads = ["world", "told", "noise", "by", "name", *next(iter(rows.values())), ""]
    cells = lambda r: [f"{x:.3f}" if isinstance(x, float) else str(x) for x in r.values()]
    lines = [[*k, *cells(r), "MISS" * missed(k, r)] for k, r in sorted(rows.items())]
    widths = [max(map(len, column)) for column in zip(heads, *lines)]
    for line in [heads, *lines]:
        print("  ".join(x.ljust(w) for x, w in zip(line, widths)).rstrip())


def main() -> int:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--worlds", default="sample,clinic,hire")
    p.add_argument("--seeds", default="300")
    p.add_argument("--n", type=int, default=200, help="talks an agent")
    p.add_argument("--labels", type=int, default=0, help="labels asked for by the queue")
    p.add_argument("--policies", type=Path, help="a folder with rules, WORLD.py each")
    p.add_argument("--mutants", action="store_true", help="spoil what passed and judge again")
    o = p.parse_args()
    found, caught = defaultdict(list), Counter()
    for world in worlds(o.worlds.split(",")):
        policy = Policy.load(o.policies / f"{world.name}.py") if o.policies else None
        for level, seed in ((x, int(s)) for x in world.levels for s in o.seeds.split(",")):
            traces = world.logs(level, seed, 300)
            cases = list(world.judged(traces, level, seed, o.n))
            # half of each agent's talks may be asked about where there are labels; the rest is judged
            asked, rest = (cases[::2], cases[1::2]) if o.labels else ([], cases)
            for told, judge in judges(traces, asked, o.labels, policy).items():
                for c in rest:
                    verdict = judge(c.trace).verdict
                    for by, name in (("agent", c.agent), ("request", c.request), ("all", "")):
                        found[world.name, told, level, by, name].append((verdict, c.success))
            if o.mutants and (v := Reward(traces).verifier) is not None:
                good, writes = [c.trace for c in cases if c.success], v.dialogue.schema.writes
                for m in mutation_test(v, good, writes, limit=100).itertuples():
                    caught[m.family] += m.caught * m.mutants
                    caught[m.family, "all"] += m.mutants
    rows = {k: row(v) for k, v in found.items()}
    show(rows)
    for family in [f for f in caught if isinstance(f, str)]:
        print(f"{family:20} {caught[family] / caught[family, 'all']:.3f} caught")
    return int(any(missed(k, r) for k, r in rows.items()))


if __name__ == "__main__":
    sys.exit(main())
