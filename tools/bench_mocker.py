"""The renaming ablation on a public corpus: every tool, argument, field and identifier renamed consistently must not change the mocker's scores.

    AGENT_GYM_BENCH=/path/to/bench python tools/bench_mocker.py          # the folder that holds mocker/score.py

Prints the scores on the plain and on the renamed corpus, and fails where they differ by more than half a point.
"""
import os
import re
import sys
from pathlib import Path

import agent_gym as ag

BENCH = "retail"


def renamed(value, names, words):
    "A copy of a JSON value with keys, tool names and identifiers renamed; error texts keep their words."
    if isinstance(value, dict):
        return {names(k): renamed(v, names, words) for k, v in value.items()}
    if isinstance(value, list):
        return [renamed(v, names, words) for v in value]
    return words(value) if isinstance(value, str) else value


def key(k):
    "Another name for a field, argument or tool; identifiers used as keys are renamed as identifiers are."
    return name(k) if re.search(r"\d{4}", k) else f"x{sum(ord(c) * (i + 1) for i, c in enumerate(k)) % 99991}q{len(k)}"


def name(text):
    "Another shape for identifiers that keeps their order (backends sort them): `#W1234` becomes `k/%W-3456`; other texts stay."
    return re.sub(r"(#?)(\b\w*?)(\d{4,})(\w*\b)", lambda m: f"k/{'%' * len(m[1])}{m[2]}-{m[3].translate(HIGHER)}{m[4]}", text)


HIGHER = str.maketrans("0123456789", "23456789:;")


def renamed_trace(t):
    out = {**t, "messages": []}
    for m in t["messages"]:
        m = dict(m)
        if m.get("tool_calls"):
            m["tool_calls"] = [{**c, "name": key(c["name"]), "arguments": renamed(c["arguments"], key, name)} for c in m["tool_calls"]]
        if m["role"] == "tool":
            m["name"], m["result"] = key(m["name"]), renamed(m["result"], key, name)
        out["messages"].append(m)
    return out


def shares(train, episodes, score, change):
    "Exact shares over known calls, reads after writes, and nonexistent identifiers."
    mocker = ag.ToolMocker(ag.load_traces([renamed_trace(t) for t in train] if change else train, progress=False))
    rows = {"known": [], "read after write": [], "nonexistent": []}
    for e in episodes:
        session = mocker.session()
        for c in e["calls"]:
            call, want = (key(c["name"]), renamed(c["args"], key, name)) if change else (c["name"], c["args"]), renamed(c["expected"], key, name) if change else c["expected"]
            got = session.call(*call)
            if c["known"] == "nonexistent":
                rows["nonexistent"].append(got.is_error)
            elif c["known"] == "known":
                right = score.same(got.value, want)
                rows["known"].append(right)
                if c["raw"]:
                    rows["read after write"].append(right)
    return {k: 100 * sum(v) / len(v) for k, v in rows.items()}


def main() -> int:
    folder = os.environ.get("AGENT_GYM_BENCH")
    if not folder or not (Path(folder) / "mocker" / "score.py").exists():
        print("set AGENT_GYM_BENCH to the folder that holds mocker/score.py")
        return 2
    sys.path.insert(0, str(Path(folder) / "mocker"))
    import score
    data = str(Path(folder) / "mocker" / "data")
    train = score.load_train(data, BENCH)
    episodes = score.load_bench(data, BENCH, train).episodes
    plain, other = shares(train, episodes, score, False), shares(train, episodes, score, True)
    for k in plain:
        print(f"{k:<18}{plain[k]:6.1f} plain {other[k]:6.1f} renamed")
    return int(any(abs(plain[k] - other[k]) > .5 for k in plain))


if __name__ == "__main__":
    raise SystemExit(main())
