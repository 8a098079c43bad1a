"""The verifier against true verdicts: precision and recall, by kind of request, under mutation, by number of logs and wrong labels.

    python tools/bench_verifier.py                  # the project's sample world, the clinic; and a true world, where AGENT_GYM_BENCH names a folder that has one (transfer/)
    python tools/bench_verifier.py --worlds clinic  # one of them
    python tools/bench_verifier.py --curve          # also 30 / 100 / 300 / 1000 logs and 0 / 5 / 10 % wrong labels
    python tools/bench_verifier.py --seeds 100,101
    python tools/bench_verifier.py --policies tools/policies --worlds sample     # what rules written by hand judge (FOLDER/WORLD.py), by agent and by intent

Judged conversations are played in the true world by agents that the logs do not know: cloned from the logged successes (greedy and sampled), slipping and faulty ones.
They carry no label. `own words` is the precision of passes on agents that use wordings no log holds (not counted elsewhere), `their recall` its recall. `score - truth` is the mean score less the share of true successes, for those agents and for one that makes no mistakes ("good"). Recall by kind is over kinds with at least 5 successes in the logs. Exit status 1 when a target is missed.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

from agent_gym.agent.policy_agent import PolicyAgent, decide, ranked_acts
from agent_gym.reward.mutations import mutation_test
from agent_gym.reward.policy import Policy
from agent_gym.reward.verifier import Verifier
from agent_gym.trace import Trace


@dataclass
class Judged:
    trace: Trace
    success: bool
    kind: str
    agent: str


@dataclass
class Logs:
    traces: list[Trace]
    successes: Counter


class Sample:
    "The project's own small true world."

    name, levels = "sample", ("sample",)

    def logs(self, level, seed, n, flip):
        from agent_gym.sample import logs

        was = logs.WRONG_LABELS
        try:
            logs.WRONG_LABELS = flip
            traces = logs.sample_traces(n, seed)
            logs.WRONG_LABELS = 0.0
            truth = [t.success for t in logs.sample_traces(n, seed)]
        finally:
            logs.WRONG_LABELS = was
        return Logs(
            traces,
            Counter(
                self.kind(logs.true_world(t.conversation_id, seed))
                for t, ok in zip(traces, truth)
                if ok
            ),
        )

    @staticmethod
    def kind(world):
        return f"{world.scenario.kind}, {world.scenario.variant}"

    def judged(self, logs, level, seed, n):
        from agent_gym.sample import ScriptedAgent, World, play
        from agent_gym.sample.agent import FAULTS

        for agent in ("good", "slipping", "faulty"):
            for i in range(n):
                r = random.Random(f"bench/{seed}/{agent}/{i}")
                faults = (
                    frozenset(f for f in FAULTS if r.random() < 0.25)
                    if agent == "faulty"
                    else frozenset()
                    if agent == "good"
                    else None
                )
                at = 50_000_000 + seed * 10_000 + i
                trace, verdict = play(
                    ScriptedAgent(
                        {"good": 1.0, "slipping": 0.6, "faulty": 0.8}[agent], seed=i, faults=faults
                    ),
                    at,
                    f"{agent}-{i}",
                )
                yield Judged(
                    trace.model_copy(update={"outcome": None, "satisfaction_score": None}),
                    verdict.success,
                    self.kind(World(at)),
                    agent,
                )


class Clinic:
    "The clinic of tools/worlds: another domain, for holding out."

    name, levels = "clinic", ("high", "low")

    def logs(self, level, seed, n, flip):
        from worlds import desk

        made = desk.make_logs(n, {"high": 0.6, "low": 0.3}[level], seed, flip)
        return Logs(
            [l.trace for l in made], Counter(l.verdict.kind for l in made if l.verdict.success)
        )

    def judged(self, logs, level, seed, n):
        from worlds import callers, clinic, desk, play

        from agent_gym.agent.policy import clone
        from agent_gym.agent.proposals import learn_proposals

        policy, base = clone(learn_proposals(logs.traces), logs.traces), 60_000_000 + seed * 10_000
        agents = {
            "cloned": lambda i, r: PolicyAgent(policy),
            "sampled": lambda i, r: SampledPolicy(policy, seed * 1000 + i),
            "slipping": lambda i, r: desk.Clerk(i, r.choice([0.05, 0.15, 0.3])),
            "faulty": lambda i, r: desk.Clerk(
                i, 0.05, frozenset(f for f, p in desk.FAULTS.items() if r.random() < 0.5 * p)
            ),
            "good": lambda i, r: desk.Clerk(seed),
            "own words": lambda i, r: desk.Clerk(i, r.choice([0.0, 0.15]), other=True),
        }
        for k, (name, make) in enumerate(agents.items()):
            for i in range(n):
                scene = callers.Clinic(base + 1000 * k + i)
                messages = play(
                    scene, make(i, random.Random(f"bench/{seed}/{name}/{i}")), clinic.TOOLS, 20
                )
                verdict = scene.verdict()
                yield Judged(
                    Trace(conversation_id=f"{name}-{i}", messages=messages),
                    verdict.success,
                    verdict.kind,
                    name,
                )


class Hire:
    "The hire shop of tools/worlds: messier people, two requests at once, dates and amounts."

    name, levels = "hire", ("high", "low")

    def logs(self, level, seed, n, flip):
        from worlds import hire

        made = hire.make_logs(n, {"high": 0.6, "low": 0.3}[level], seed, flip)
        return Logs(
            [l.trace for l in made], Counter(l.verdict.kind for l in made if l.verdict.success)
        )

    def judged(self, logs, level, seed, n):
        from worlds import hire, play

        from agent_gym.agent.policy import clone
        from agent_gym.agent.proposals import learn_proposals

        policy, base = clone(learn_proposals(logs.traces), logs.traces), 60_000_000 + seed * 10_000
        agents = {
            "cloned": lambda i, r: PolicyAgent(policy),
            "sampled": lambda i, r: SampledPolicy(policy, seed * 1000 + i),
            "slipping": lambda i, r: hire.Clerk(i, r.choice([0.05, 0.15, 0.3])),
            "faulty": lambda i, r: hire.Clerk(
                i, 0.05, frozenset(f for f, p in hire.FAULTS.items() if r.random() < 0.5 * p)
            ),
            "good": lambda i, r: hire.Clerk(seed),
            "own words": lambda i, r: hire.Clerk(i, r.choice([0.0, 0.15]), other=True),
        }
        for k, (name, make) in enumerate(agents.items()):
            for i in range(n):
                scene = hire.Caller(base + 1000 * k + i)
                agent = make(i, random.Random(f"bench/{seed}/{name}/{i}"))
                messages = play(scene, agent, hire.TOOLS, 20)
                verdict = scene.verdict()
                yield Judged(
                    Trace(conversation_id=f"{name}-{i}", messages=messages),
                    verdict.success,
                    verdict.kind,
                    name,
                )


class Transfer:
    "A true world of the bench folder, behind its harness."

    levels = ("high", "low")

    def __init__(self, folder):
        sys.path.insert(0, str(folder))
        import baselines
        import harness
        import world

        self.h, self.b, self.w, self.name = harness, baselines, world.WORLD, world.WORLD.NAME

    def logs(self, level, seed, n, flip):
        records, truth = self.h.make_logs(
            self.w, n, {"high": 0.6, "low": 0.3}[level], seed, flip=flip
        )
        self.records = records
        return Logs(
            [Trace.model_validate(r) for r in records],
            Counter(t["goal"] for t in truth if t["success"]),
        )

    def judged(self, logs, level, seed, n):
        clone, base = self.b.clone(self.records, True, seed=seed), 5_000_000 + seed * 10_000
        agents = {
            "cloned": lambda i: clone,
            "sampled": lambda i: Sampled(clone.p, seed * 1000 + i),
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
                record = {
                    "conversation_id": f"{name}-{i}",
                    "messages": [self.h.to_dict(m) for m in messages],
                }
                yield Judged(
                    Trace.model_validate(record), verdict["success"], verdict["goal"], name
                )

    def scripted(self, seed, i, slips):
        r = random.Random(f"bench/{seed}/{slips}/{i}")
        faults = [] if slips else [f for f, p in self.w.FAULTS.items() if r.random() < 0.5 * p]
        return self.h.Scripted(
            self.w, r.random(), r.choice([0.05, 0.15, 0.3]) if slips else 0.05, faults
        )


class SampledPolicy(PolicyAgent):
    "A cloned policy that draws its acts by their probabilities (without putting back: the largest of log probabilities with Gumbel noise)."

    def __init__(self, policy, seed):
        super().__init__(policy)
        self.rng = np.random.default_rng(seed)

    def act(self, messages, tools=None):
        state = self.policy.proposals.start()
        for _ in self.policy.proposals.walk(messages, state):
            pass
        ranked = ranked_acts(self, state, tools)
        noise = self.rng.gumbel(size=len(ranked))
        order = np.argsort([-np.log(q + 1e-12) - g for (_, q), g in zip(ranked, noise)])
        taken, _ = decide(self, state, messages, [ranked[j] for j in order])
        return super().act(messages, tools) if taken is None else taken[1]


class Sampled:
    "A cloned policy that samples its acts, as it would in training."

    def __init__(self, policy, seed):
        self.policy, self.rng = policy, np.random.default_rng(seed)

    def act(self, messages, tools=()):
        state = [s for s, _ in self.policy.L.walk(messages)][-1]
        found, _, chances = self.policy.probs(state)
        return self.policy.L.make(int(self.rng.choice(found, p=chances)), state, len(messages))


def measure(world, level, seed, n_logs=300, flip=0.05, n=200, mutate=True):
    "One row: figures of one verifier on one set of judged conversations."
    logs = world.logs(level, seed, n_logs, flip)
    start = time.process_time()
    verifier = Verifier(logs.traces)
    built = time.process_time() - start
    cases = list(world.judged(logs, level, seed, n))
    start = time.process_time()
    verdicts = [verifier.judge(c.trace) for c in cases]
    each = (time.process_time() - start) / len(cases)
    hard, strange = (
        [
            (v, c)
            for v, c in zip(verdicts, cases)
            if (c.agent == "own words") == own and c.agent != "good"
        ]
        for own in (False, True)
    )
    passed = [c.success for v, c in hard if v.verdict == "pass"]
    failed = [c.success for v, c in hard if v.verdict == "fail"]
    good = [v.verdict for v, c in hard if c.success]
    kinds = {
        k: [v.verdict == "pass" for v, c in hard if c.success and c.kind == k]
        for k, m in sorted(logs.successes.items())
        if m >= 5
    }
    kinds = {k: mean(v) for k, v in kinds.items() if len(v) >= 5}
    own = [v.verdict for v, c in zip(verdicts, cases) if c.agent == "good"]
    gap = mean(v.score - c.success for v, c in zip(verdicts, cases) if c.agent == "good")
    hears = [(v.verdict == "pass", c.success) for v, c in strange]
    row = {
        "world": world.name,
        "level": level,
        "seed": seed,
        "logs": n_logs,
        "flip": flip,
        "precision": mean(passed) if passed else 1.0,
        "recall": mean(v == "pass" for v in good),
        "fail right": 1 - mean(failed) if failed else 1.0,
        "successes failed": mean(v == "fail" for v in good),
        "good failed": mean(v == "fail" for v in own),
        "score - truth": mean(v.score - c.success for v, c in hard),
        "good": gap,
        "brier": mean((v.score - c.success) ** 2 for v, c in hard),
        "kinds": len(kinds),
        "kinds >= .5": sum(r >= 0.5 for r in kinds.values()),
        "build s": built,
        "judge ms": 1000 * each,
        "own words": mean(ok for passed, ok in hears if passed)
        if any(p for p, _ in hears)
        else float("nan"),
        "their recall": mean(passed for passed, ok in hears if ok) if hears else float("nan"),
    }
    table = (
        mutation_test(
            verifier,
            [c.trace for c in cases if c.success],
            verifier.dialogue.schema.writes,
            limit=100,
        )
        if mutate
        else None
    )
    return row, kinds, table


def by_policy(world, folder, seeds, n):
    "Precision and recall of the rules in FOLDER/WORLD.py by level and agent, and by kind of request; the rows of agents."
    policy = Policy.load(Path(folder) / f"{world.name}.py")
    rows, kinds = [], {}
    for level in world.levels:
        for seed in seeds:
            for c in world.judged(world.logs(level, seed, 300, 0.05), level, seed, n):
                kinds.setdefault(("agent", level, c.agent), []).append((policy.judge(c.trace), c))
                kinds.setdefault(("request", level, c.kind), []).append((policy.judge(c.trace), c))
    for (what, level, name), found in sorted(kinds.items()):
        passed = [c.success for v, c in found if v.verdict == "pass"]
        right = [v.verdict == "pass" for v, c in found if c.success]
        rows.append(
            {
                "world": world.name,
                "level": level,
                "by": what,
                "name": name,
                "talks": len(found),
                "successes": len(right),
                "precision": mean(passed) if passed else float("nan"),
                "recall": mean(right) if right else float("nan"),
                "silent": mean(v.verdict is None for v, _ in found),
            }
        )
    return rows


def policy_targets(rows):
    "Whether rules reach precision >= .97 and recall >= .95 on every agent's talks."
    agents = [r for r in rows if r["by"] == "agent"]
    low = [r for r in agents if not (r["precision"] >= 0.97 and r["recall"] >= 0.95)]
    print("PASS" if not low else "MISS", "rules: precision >= .97 and recall >= .95 on every agent")
    return 1 if low else 0


def show(rows):
    names = list(rows[0])
    text = [[f"{r[k]:.3f}" if isinstance(r[k], float) else str(r[k]) for k in names] for r in rows]
    width = [max(len(k), *(len(t[i]) for t in text)) for i, k in enumerate(names)]
    print("  ".join(k.rjust(w) for k, w in zip(names, width)))
    for t in text:
        print("  ".join(x.rjust(w) for x, w in zip(t, width)))


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--seeds", default="200")
    p.add_argument("--curve", action="store_true")
    p.add_argument("--n", type=int, default=200, help="judged conversations an agent")
    p.add_argument("--policies", help="a folder with rules, WORLD.py each: judge by them alone")
    p.add_argument("--worlds", default="sample,clinic,transfer")
    o = p.parse_args()
    folder = Path(os.environ.get("AGENT_GYM_BENCH", "")) / "transfer"
    named = o.worlds.split(",")
    worlds = [
        *(w() for w in (Sample, Clinic) if w.name in named),
        *(
            [Transfer(folder)]
            if "transfer" in named
            and os.environ.get("AGENT_GYM_BENCH")
            and (folder / "world.py").exists()
            else []
        ),
    ]
    if o.policies:
        seeds = list(map(int, o.seeds.split(",")))
        rows = [r for w in worlds for r in by_policy(w, o.policies, seeds, o.n)]
        show(rows)
        return policy_targets(rows)
    rows, by_kind, mutants = [], {}, []
    for world in worlds:
        for level in world.levels:
            for seed in map(int, o.seeds.split(",")):
                row, kinds, table = measure(world, level, seed, n=o.n)
                rows.append(row)
                show(rows[-1:])
                mutants.append(table)
                for k, r in kinds.items():
                    by_kind.setdefault((world.name, level, k), []).append(r)
    print("\nall")
    show(rows)
    print("\nrecall by kind of request (mean over seeds in which it had 5 successes)")
    for k, v in sorted(by_kind.items()):
        print("  ", *k, f"{mean(v):.2f}")
    print("\nmutants")
    families = sorted({f for t in mutants for f in t.family})
    caught = {
        f: np.average(
            [c for t in mutants for c in t[t.family == f].caught],
            weights=[m for t in mutants for m in t[t.family == f].mutants],
        )
        for f in families
    }
    for f, c in caught.items():
        print(f"   {f:20} {c:.3f}")
    if o.curve:
        print("\nby number of logs and share of wrong labels")
        show(
            [
                measure(w, level, int(o.seeds.split(",")[0]), n_logs, flip, o.n, mutate=False)[0]
                for w in worlds
                for level in w.levels
                for n_logs, flip in (
                    (30, 0.05),
                    (100, 0.05),
                    (300, 0.0),
                    (300, 0.05),
                    (300, 0.1),
                    (1000, 0.05),
                )
            ]
        )
    targets = {
        "precision >= .95": mean(r["precision"] for r in rows) >= 0.95,
        "recall >= .70": mean(r["recall"] for r in rows) >= 0.7,
        "every kind with 5 successes at recall >= .50": all(
            r["kinds"] == r["kinds >= .5"] for r in rows
        ),
        "every mutation family caught >= .95": min(caught.values()) >= 0.95,
    }
    for k, ok in targets.items():
        print("PASS" if ok else "MISS", k)
    return 0 if all(targets.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
