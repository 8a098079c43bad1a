"""What a back end costs and gains: the same episodes here, in processes and on Ray.

    python tools/bench_rollout.py                      local and process; Ray too, where it is installed
    python tools/bench_rollout.py --workers 2 --n 1024

Overhead is what an episode costs beyond playing it, measured with an agent that costs next to nothing; the speed-up counts from warm workers, since they start once a rollout.
"""
import argparse
import importlib.util
import time

import agent_gym as ag
from agent_gym.environment.play import Work, plan
from agent_gym.environment.pools import make_pool
from agent_gym.environment.records import EpisodeSet
from agent_gym.environment.rollouts import surviving
from agent_gym.sample import sample_traces


def played(work: Work, jobs: list, backend: str, workers: int, chunk: int) -> tuple[float, float, EpisodeSet]:
    "Seconds to start workers, seconds to play, and the records."
    began = time.perf_counter()
    pool = make_pool(work, backend, workers)
    for _ in surviving(pool, [jobs[i:i + 1] for i in range(workers)], lambda j: None):
        pass
    ready = time.perf_counter()
    records = [r for done in surviving(pool, [jobs[i:i + chunk] for i in range(0, len(jobs), chunk)], lambda j: None) for r in done]
    spent = time.perf_counter() - ready
    pool.close()
    return ready - began, spent, EpisodeSet(sorted(records, key=lambda r: r.index))


def main() -> None:
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--n", type=int, default=1024)
    a.add_argument("--logs", type=int, default=200)
    a.add_argument("--workers", type=int, default=2)
    a.add_argument("--chunk", type=int, default=64)
    a.add_argument("--repeat", type=int, default=2)
    o = a.parse_args()
    traces = ag.TraceSet(sample_traces(o.logs, 3))
    world = ag.create_environment(traces, seed=0).world.prepare()
    backends = ["local", "process"] + (["ray"] if importlib.util.find_spec("ray") else [])
    for agent in (ag.ReplayAgent, ag.RetrievalAgent(traces)):
        work = Work(world, agent)
        jobs = plan(world.tasks, o.n if agent is ag.ReplayAgent else o.n // 4, 1)
        base, want = None, None
        for backend in backends:
            started, spent, records = min((played(work, jobs, backend, 1 if backend == "local" else o.workers, o.chunk if agent is ag.ReplayAgent else 16) for _ in range(o.repeat)), key=lambda r: r[1])
            base, want = base or spent, want or records.digest()
            per = 1e6 * spent / len(jobs)
            extra = per - 1e6 * base / len(jobs) / (1 if backend == "local" else o.workers)
            print(f"{getattr(agent, 'name', agent.__name__ if isinstance(agent, type) else '')!s:<12}{backend:<9}{len(jobs)} episodes  start {started:5.1f} s  {per:9.1f} us an episode  {base / spent:5.2f}x  beyond the ideal share {extra:8.1f} us  same records {records.digest() == want}", flush=True)


if __name__ == "__main__":
    main()
