"""Speed of `load_traces` beside its bounds, in the same process and the same minute: read ratios, not seconds.

    python tools/bench_parser.py                 native and foreign records, ratios
    python tools/bench_parser.py --stream 2      also a file of 2 GB through filter and to_parquet, with the peak memory

Native: JSON Lines in the user's schema against pydantic's `validate_json` on the same lines. Foreign: chat records with calls as JSON text against
orjson, a hand-written conversion and pydantic. Bars: native and foreign >= 0.8, streaming <= 300 MB.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from agent_gym import Trace, load_traces

WORDS = [
    "order",
    "parcel",
    "refund",
    "where",
    "is",
    "the",
    "my",
    "please",
    "today",
    "seven",
    "never",
    "arrived",
    "thank",
    "you",
    "of",
    "course",
    "let",
    "me",
    "look",
    "that",
    "up",
    "shipped",
    "returned",
    "address",
    "change",
    "cancel",
]


def records(n: int, seed: int = 0) -> list[dict]:
    "Conversations of 28 messages with eight calls each, as applications log them."
    rng = random.Random(f"bench/{seed}")

    def say(k: int) -> str:
        return " ".join(rng.choices(WORDS, k=k))

    out = []
    for i in range(n):
        messages: list[dict] = [{"role": "system", "content": say(900)}]
        for turn in range(9):
            messages.append({"role": "user", "content": say(25)})
            call = {
                "id": f"call_{i}_{turn}",
                "type": "function",
                "function": {
                    "name": f"get_{rng.choice(WORDS)}",
                    "arguments": json.dumps(
                        {"order_id": f"#W{rng.randrange(10**7)}", "note": say(4)}
                    ),
                },
            }
            messages += [
                {"role": "assistant", "content": None, "tool_calls": [call]},
                {
                    "role": "tool",
                    "tool_call_id": call["id"],
                    "content": json.dumps(
                        {
                            "items": [
                                {
                                    "id": str(rng.randrange(10**9)),
                                    "price": rng.random() * 99,
                                    "name": say(3),
                                }
                                for _ in range(6)
                            ],
                            "status": say(1),
                        }
                    ),
                },
            ]
        out.append(
            {
                "id": f"c{i}",
                "messages": [*messages, {"role": "assistant", "content": say(60)}],
                "reward": float(rng.random() > 0.4),
            }
        )
    return out


def converted(r: dict) -> dict:
    "What anyone would write: orjson, a loop, pydantic."
    messages = []
    for m in r["messages"]:
        d = {"role": m["role"], "content": m.get("content")}
        if m.get("tool_calls"):
            d["tool_calls"] = [
                {
                    "id": c["id"],
                    "name": c["function"]["name"],
                    "arguments": orjson.loads(c["function"]["arguments"]),
                }
                for c in m["tool_calls"]
            ]
        if m["role"] == "tool":
            d |= {"tool_call_id": m["tool_call_id"], "result": orjson.loads(m["content"])}
        messages.append(d)
    return {
        "conversation_id": r["id"],
        "messages": messages,
        "outcome": "success" if r["reward"] == 1 else "failure",
    }


def pair(ours, bound, repeat: int) -> tuple[float, float]:
    "Best CPU times of both, taken in turns (wall times on a busy machine tell of the others)."
    a, b = [], []
    for _ in range(repeat):
        for f, times in ((ours, a), (bound, b)):
            start = time.process_time()
            f()
            times.append(time.process_time() - start)
    return min(a), min(b)


def speeds(n: int, repeat: int) -> dict:
    with tempfile.TemporaryDirectory() as d:
        foreign, native = Path(d) / "chat.jsonl", Path(d) / "native.jsonl"
        foreign.write_text("\n".join(map(json.dumps, records(n))) + "\n", "utf-8")
        load_traces(foreign).to_jsonl(native)
        out = {}
        for name, path, bound in (
            ("native", native, lambda lines: [Trace.model_validate_json(x) for x in lines]),
            (
                "foreign",
                foreign,
                lambda lines: [Trace.model_validate(converted(orjson.loads(x))) for x in lines],
            ),
        ):
            mine, theirs = pair(
                lambda path=path: load_traces(path, progress=False),
                lambda path=path, bound=bound: bound(path.read_bytes().split(b"\n")[:-1]),
                repeat,
            )
            mb = path.stat().st_size / 1e6
            out[name] = {
                "MB": round(mb, 1),
                "load MB/s": round(mb / mine, 1),
                "bound MB/s": round(mb / theirs, 1),
                "ratio": round(theirs / mine, 2),
            }
        return out


def stream(gigabytes: float) -> dict:
    "A generated file through filter and to_parquet in a fresh process."
    with tempfile.TemporaryDirectory() as d:
        path = Path(d) / "big.jsonl"
        lines = [json.dumps({**r, "conversation_id": "@"}) for r in records(100)]
        with path.open("w", encoding="utf-8") as f:
            size = i = 0
            while size < gigabytes * 1e9:
                size += f.write(lines[i % 100].replace('"@"', f'"c{i}"') + "\n")
                i += 1
        done = subprocess.run(
            [sys.executable, __file__, "--run", str(path)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ,
        )
        return {
            "records": i,
            "GB": round(size / 1e9, 2),
            **json.loads(done.stdout.splitlines()[-1]),
        }


def run(path: str) -> None:
    def peak() -> float:
        with open("/proc/self/status", encoding="utf-8") as f:
            return next(int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM"))

    start = time.perf_counter()
    traces = load_traces(path, progress=False)
    loaded = time.perf_counter() - start
    kept = traces.filter(lambda t: len(t.messages) > 2 and t.metadata.get("reward") == 1)
    kept.to_parquet(Path(path).with_suffix(".parquet"))
    print(
        json.dumps(
            {
                "traces": len(traces),
                "kept": len(kept),
                "load s": round(loaded, 1),
                "all s": round(time.perf_counter() - start, 1),
                "peak MB": round(peak()),
            }
        )
    )


def main() -> None:
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--records", type=int, default=300)
    ap.add_argument("--repeat", type=int, default=15)
    ap.add_argument("--stream", type=float, metavar="GB", default=0)
    ap.add_argument("--run", help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.run:
        run(a.run)
        return
    for name, row in speeds(a.records, a.repeat).items():
        print(f"{name:8} {row}")
    if a.stream:
        print(f"stream   {stream(a.stream)}")


if __name__ == "__main__":
    main()
