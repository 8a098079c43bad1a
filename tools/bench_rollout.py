"""What a back end costs and gains: the same episodes here, in processes and on Ray.

    python tools/bench_rollout.py                      local and process; Ray too, where it is installed
    python tools/bench_rollout.py --workers 2 --n 1024

Overhead is what an episode costs beyond playing it, measured with an agent that costs next to nothing; the speed-up counts from warm workers, since they start once a rollout. Wall time says
something on an idle machine only; CPU of this process is the part that no worker takes off it.
"""

import argparse
import importlib.util
import time

import agent_gym as ag
from agent_gym.environment.play import Work, name_of, plan
from agent_gym.environment.pools import make_pool
from agent_gym.environment.records import EpisodeSet
from agent_gym.environment.rollouts import surviving
from agent_gym.sample import sample_traces


def played(
    work: Work, jobs: list, backend: str, workers: int, chunk: int, repeat: int
) -> tuple[float, float, float, EpisodeSet]:
    "Seconds to start workers, seconds to play (the least of `repeat`, after one round that warms up), CPU seconds of this process, and the records."
    chunks, began = [jobs[i : i + chunk] for i in range(0, len(jobs), chunk)], time.perf_counter()
    pool = make_pool(work, backend, workers)
    for _ in surviving(pool, [jobs[i : i + 1] for i in range(workers)], lambda j: None):
        pass
    ready = time.perf_counter() - began
    rounds = []
    for _ in range(repeat + 1):
        start, here = time.perf_counter(), time.process_time()
        records = [r for done in surviving(pool, chunks, lambda j: None) for r in done]
        rounds.append((time.perf_counter() - start, time.process_time() - here))
    pool.close()
    return ready, *min(rounds[1:]), EpisodeSet(sorted(records, key=lambda r: r.index))


def main() -> None:
    a = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
        tasks = world.tasks[:32]  # few enough that every worker has met each when it counts
        jobs = plan(tasks, o.n if agent is ag.ReplayAgent else o.n // 4, 1)
        base, want = None, None
        for backend in backends:
            n = 1 if backend == "local" else o.workers
            started, spent, here, records = played(
                work, jobs, backend, n, o.chunk if agent is ag.ReplayAgent else 16, o.repeat
            )
            base, want = base or spent, want or records.digest()
            each = 1e6 / len(jobs)
            print(
                f"{name_of(agent):<12}{backend:<9}{len(jobs)} episodes  start {started:5.1f} s  {each * spent:9.1f} us an episode  {base / spent:5.2f}x  CPU of this process {each * here:8.1f} us  "
                f"beyond the ideal share {each * (spent - base / n):8.1f} us  same records {records.digest() == want}",
                flush=True,
            )


if __name__ == "__main__":
    main()
