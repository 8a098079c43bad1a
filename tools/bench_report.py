"""How long it takes from logs to a report: read, learn, the quick report, the full one.

AGENT_GYM_BENCH names the folder of benchmarks whose logs are used (user/data, 200 conversations);
without it the sample logs are. Seconds of this process, so other work on the machine does not
count. Targets on an idle machine: load to quick report 60 s, full report 180 s.
"""

import os
import time
from pathlib import Path

import agent_gym as ag

ROOT = Path(__file__).resolve().parents[1]
MOST = 200  # conversations


def logs() -> ag.TraceSet:
    bench = os.environ.get("AGENT_GYM_BENCH")
    own = ROOT / "data" / "processed" / "traces.jsonl"
    source = Path(bench) / "user" / "data" / "traces.jsonl.gz" if bench else own
    return ag.load_traces(source, progress=False)[:MOST]


def main() -> None:
    begun = time.process_time()
    traces = logs()
    gym = ag.create_environment(traces, progress=False)
    learned = time.process_time() - begun
    quick = gym.report(quick=True, progress=False)
    first = time.process_time() - begun
    again = time.process_time()
    full = gym.report(progress=False)
    print(f"{len(traces)} conversations, {full['logs'].numbers['calls']} tool calls")
    print(f"read and learned            {learned:6.1f} s")
    print(f"load to quick report        {first:6.1f} s   lights {[x.state for x in quick.lights]}")
    print(
        f"full report                 {time.process_time() - again:6.1f} s   lights "
        f"{[x.state for x in full.lights]}"
    )


if __name__ == "__main__":
    main()
