"""Three checks of the mocker: it must not lean on names, and it must answer a new agent as the true backend does.

    AGENT_GYM_BENCH=/path/to/bench python tools/bench_mocker.py          # the folder that holds mocker/score.py
    python tools/bench_mocker.py --world clinic --noise high --seeds 0,1  # or sample, or transfer
    python tools/bench_mocker.py --ablation banking ticket message        # domains of that folder

The first renames every tool, argument, field and identifier of a public corpus consistently, prints the scores before and after, and fails where they differ by more
than half a point. The second lets an agent cloned from the logged successes talk with the customers of the logs in the true world and puts every call to the mocker too. The third leaves out one strategy or one kind of rule at a time and prints (known exact / read after write / error recall) for each domain.
"""

import argparse
import os
import re
import sys
from collections import Counter
from copy import copy
from dataclasses import replace
from pathlib import Path

from bench_transfer import TrueWorld, world_of
from worlds import play

import agent_gym as ag
from agent_gym.agent.policy import clone
from agent_gym.agent.policy_agent import PolicyAgent
from agent_gym.agent.proposals import learn_proposals

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
    return (
        name(k)
        if re.search(r"\d{4}", k)
        else f"x{sum(ord(c) * (i + 1) for i, c in enumerate(k)) % 99991}q{len(k)}"
    )


def name(text):
    "Another shape for identifiers that keeps their order (backends sort them): `#W1234` becomes `k/%W-3456`; other texts stay."
    return re.sub(
        r"(#?)(\b\w*?)(\d{4,})(\w*\b)",
        lambda m: f"k/{'%' * len(m[1])}{m[2]}-{m[3].translate(HIGHER)}{m[4]}",
        text,
    )


HIGHER = str.maketrans("0123456789", "23456789:;")


def renamed_trace(t):
    out = {**t, "messages": []}
    for m in t["messages"]:
        m = dict(m)
        if m.get("tool_calls"):
            m["tool_calls"] = [
                {**c, "name": key(c["name"]), "arguments": renamed(c["arguments"], key, name)}
                for c in m["tool_calls"]
            ]
        if m["role"] == "tool":
            m["name"], m["result"] = key(m["name"]), renamed(m["result"], key, name)
        out["messages"].append(m)
    return out


def shares(train, episodes, score, change):
    "Exact shares over known calls, reads after writes, and nonexistent identifiers."
    mocker = ag.ToolMocker(
        ag.load_traces([renamed_trace(t) for t in train] if change else train, progress=False)
    )
    rows = {"known": [], "read after write": [], "nonexistent": []}
    for e in episodes:
        session = mocker.session()
        for c in e["calls"]:
            call, want = (
                (key(c["name"]), renamed(c["args"], key, name))
                if change
                else (c["name"], c["args"]),
                renamed(c["expected"], key, name) if change else c["expected"],
            )
            got = session.call(*call)
            if c["known"] == "nonexistent":
                rows["nonexistent"].append(got.is_error)
            elif c["known"] == "known":
                right = score.same(got.value, want)
                rows["known"].append(right)
                if c["raw"]:
                    rows["read after write"].append(right)
    return {k: 100 * sum(v) / len(v) for k, v in rows.items()}


def leaves(value) -> set[str]:
    "Every plain value in a JSON value, as text."
    inner = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    )
    return {str(value)} if inner is None else set().union(*map(leaves, inner))


def stripped(value, fields):
    "`value` without the fields named, at any depth."
    if isinstance(value, dict):
        return {k: stripped(v, fields) for k, v in value.items() if k not in fields}
    return [stripped(v, fields) for v in value] if isinstance(value, list) else value


class Check:
    "Puts every call of a talk to the mocker as well, and notes how its answer compares with the true one."

    def __init__(self, mocker, trace, common, generated):
        self.session, self.generated, self.rows = mocker.session(), generated, []
        self.asked = [(c.name, c.arguments) for m in trace.messages for c in m.tool_calls]
        self.known = common | seen_values(trace)

    def __call__(self, call, value, is_error):
        got, fields = (
            self.session.call(call.name, call.arguments),
            {f for tool, f in self.generated if tool == call.name},
        )
        core = stripped(value, fields)
        self.rows.append(
            {
                "tool": call.name,
                "exact": got.value == value,
                "but made-up": stripped(got.value, fields) == core,
                "same kind": got.is_error == is_error,
                "knowable": leaves(core) <= self.known,
                "asked": (call.name, call.arguments) in self.asked,
            }
        )


def seen_values(trace) -> set[str]:
    return set().union(
        *(leaves(m.value) for m in trace.messages if m.role == "tool"),
        *(leaves(c.arguments) for m in trace.messages for c in m.tool_calls),
    )


def fidelity(world: TrueWorld, seed: int, talks: int = 100) -> dict[str, float]:
    """Shares of equal answers: exact, exact but for made-up numbers, of the same kind (answer or error); exact on *knowable* calls (every value of the true
    answer, made-up numbers aside, occurs in that customer's trace or in at least three others) and on calls that the customer's own log *asked* too."""
    logs, numbers = world.logs(seed)
    agent, mocker, rows = PolicyAgent(clone(learn_proposals(logs), logs)), ag.ToolMocker(logs), []
    common = {v for v, k in Counter(v for t in logs for v in seen_values(t)).items() if k >= 3}
    for t in logs[:talks]:
        check = Check(mocker, t, common, world.generated)
        play(world.scenario(numbers[t.conversation_id]), agent, world.tools, on_call=check)
        rows += check.rows

    def share(key: str, part: list[dict] = rows) -> float:
        return 100 * sum(r[key] for r in part) / max(1, len(part))

    known, asked = [r for r in rows if r["knowable"]], [r for r in rows if r["asked"]]
    by_tool = {
        f"  {name}": share("but made-up", [r for r in known if r["tool"] == name])
        for name in sorted({r["tool"] for r in known})
    }
    return (
        {"calls": len(rows)}
        | {k: share(k) for k in ("exact", "but made-up", "same kind", "knowable", "asked")}
        | {
            "exact on knowable": share("but made-up", known),
            "exact on asked": share("but made-up", asked),
        }
        | by_tool
    )


def main() -> int:
    a = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    a.add_argument("--ablation", nargs="+", metavar="DOMAIN")
    a.add_argument("--world", choices=("sample", "clinic", "transfer"))
    a.add_argument("--noise", choices=("low", "high"), default="high")
    a.add_argument("--seeds", default="0")
    o = a.parse_args()
    if o.world:
        runs = [fidelity(world_of(o.world, o.noise), int(s)) for s in o.seeds.split(",")]
        for k in sorted(
            set().union(*runs),
            key=lambda k: (k.startswith(" "), list(runs[0]).index(k) if k in runs[0] else 99),
        ):
            print(f"{k:<24}" + "".join(f"{r[k]:9.1f}" if k in r else "        -" for r in runs))
        return 0
    return ablation(o.ablation) if o.ablation else renaming()


PARTS = {
    "all": {},
    "no borrowed refusals": {"borrowed": {}},
    "no refusals": {"borrowed": {}, "refusals": {}, "trees": None},
    "no effects": {"effects": {}},
    "no replies": {"replies": {}},
    "no links": {"links": {}},
    "no logged answers": {"logged": {}},
}


def without(mocker, parts, strategy=None):
    "The mocker with these parts of its state emptied, or without one strategy."
    backend, state = mocker.backend, mocker.backend.state
    if "trees" in parts:
        leaf = {t: replace(x, test=None, counts={"ok": 1}) for t, x in state.trees.items()}
        parts = {**parts, "trees": leaf}
    kept = tuple(s for s in backend.strategies if s != strategy)
    other = copy(mocker)
    other.backend = replace(backend, state=replace(state, **parts), strategies=kept)
    other.reset()
    return other


def ablation(domains) -> int:
    folder = Path(os.environ.get("AGENT_GYM_BENCH", ".")) / "mocker"
    if not (folder / "score.py").exists():
        print("set AGENT_GYM_BENCH to the folder that holds mocker/score.py")
        return 2
    sys.path.insert(0, str(folder))
    import score

    for domain in domains:
        train = score.load_train(str(folder / "data"), domain)
        mocker = score.agent_gym_mocker(train)
        bench = score.load_bench(str(folder / "data"), domain, train)
        changed = {name: without(mocker, parts) for name, parts in PARTS.items()}
        for strategy in mocker.backend.strategies:
            changed[f"no {strategy} strategy"] = without(mocker, {}, strategy)
        for name, other in changed.items():
            rows = [r for r in score.play(other, bench) if r["known"] == "known"]
            shown = []
            for key in ("exact", "read_after_write", "error_recall"):
                some = [r[key] for r in rows if key in r]
                shown.append(f"{100 * sum(some) / len(some):6.1f}" if some else "     -")
            print(f"{domain:16}{name:24}{''.join(shown)}", flush=True)
    return 0


def renaming() -> int:
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
    return int(any(abs(plain[k] - other[k]) > 0.5 for k in plain))


if __name__ == "__main__":
    raise SystemExit(main())
