"""What the package answers today, kept, so that a change of its inside is seen where it shows.

    python tools/goldens.py new.json                    # record: the sample world, the clinic
    AGENT_GYM_BENCH=/path/to/benches python tools/goldens.py new.json    # and retail
    python tools/goldens.py --compare old.json new.json # what differs, section by section
    python tools/goldens.py new.json --only clinic      # one world

Sections of a world: `verdicts` of logged and of new conversations, `scores` of replies, `tools`
(answers to the calls of new conversations), `users` (their turns when the assistant of a new
conversation speaks), `proposals` (what the retrieval agent says next), `tool kinds`. Only public
names are used, so that one script records every version. Every process records the same.
"""

import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import agent_gym as ag

LEARNED, NEW = 120, 24  # conversations a gym learns from; new ones it answers to
DIGITS, SHOWN = 6, 5  # decimals kept of a number; differences printed a section


def sample_world() -> tuple[list[ag.Trace], list[ag.Trace]]:
    from agent_gym import sample

    return sample.sample_traces(LEARNED, 7), sample.sample_traces(NEW, 1007)


def clinic_world() -> tuple[list[ag.Trace], list[ag.Trace]]:
    from worlds.desk import make_logs

    learned, new = make_logs(LEARNED, 0.3, 7), make_logs(NEW, 0.3, 1007)
    return [x.trace for x in learned], [x.trace for x in new]


def retail_world() -> tuple[list[ag.Trace], list[ag.Trace]]:
    folder = Path(os.environ["AGENT_GYM_BENCH"], "user", "data")
    traces = list(ag.load_traces(folder / "traces.jsonl.gz", progress=False))
    return traces[:LEARNED], traces[LEARNED : LEARNED + NEW]


WORLDS: dict[str, Callable[[], tuple[list[ag.Trace], list[ag.Trace]]]] = {
    "sample": sample_world,
    "clinic": clinic_world,
    "retail": retail_world,
}


def plain(value: object) -> object:
    "`value` as JSON with numbers cut to `DIGITS` decimals."
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def turn(message: ag.Message) -> list[object]:
    calls = [[c.name, plain(c.arguments)] for c in message.tool_calls]
    return [message.content or "", calls]


def verdicts(gym: ag.Gym, traces: list[ag.Trace]) -> Iterator[tuple[str, object]]:
    for n, trace in enumerate(traces):
        made = gym.reward_fn.episode(trace)
        parts = [[p.name, plain(p.contribution)] for p in made.parts]
        verdict = str(getattr(made, "verdict", None))
        yield f"{n} {trace.conversation_id}", [verdict, plain(made.score), parts]


def scores(gym: ag.Gym, traces: list[ag.Trace]) -> Iterator[tuple[str, object]]:
    replies = [m.content for t in traces for m in t.messages if m.role == "assistant" and m.content]
    for n, (said, truth) in enumerate(pairwise(replies)):
        yield str(n), plain(float(gym.reward_fn(said, truth)))


def answers(gym: ag.Gym, traces: list[ag.Trace]) -> Iterator[tuple[str, object]]:
    for n, trace in enumerate(traces):
        session = gym.tool_mocker.session(seed=n)
        calls = (c for m in trace.messages for c in m.tool_calls)
        for k, c in enumerate(calls):
            r = session.call(c.name, c.arguments)
            yield f"{n}.{k} {c.name}", [plain(r.value), r.is_error, r.source, plain(r.confidence)]


def users(gym: ag.Gym, traces: list[ag.Trace]) -> Iterator[tuple[str, object]]:
    known = list(gym.traces)
    for n, trace in enumerate(traces):
        episode = gym.episode(known[n % len(known)].conversation_id, seed=n)
        for k, message in enumerate(m for m in trace.messages if m.role == "assistant"):
            if episode.done:
                break
            step = episode.step(message.model_copy(deep=True))
            said = [m.content for m in step.messages if m.role == "user"]
            yield f"{n}.{k}", [said, step.terminated, step.truncated, plain(step.reward)]


def proposals(gym: ag.Gym, traces: list[ag.Trace]) -> Iterator[tuple[str, object]]:
    agent, tools = ag.RetrievalAgent(list(gym.traces)), list(gym.tool_mocker.tools.values())
    for n, trace in enumerate(traces):
        for k, message in enumerate(trace.messages):
            if message.role == "assistant" and k:
                said = agent.act([m.model_copy(deep=True) for m in trace.messages[:k]], tools)
                yield f"{n}.{k}", turn(said)


def record(learned: list[ag.Trace], new: list[ag.Trace]) -> dict[str, dict[str, object]]:
    "Everything the gym of `learned` answers."
    gym = ag.create_environment(learned, seed=0)
    return {
        "verdicts": dict(verdicts(gym, [*learned[:NEW], *new])),
        "scores": dict(scores(gym, new)),
        "tools": dict(answers(gym, new)),
        "users": dict(users(gym, new)),
        "proposals": dict(proposals(gym, new)),
        "tool kinds": {k: v.kind for k, v in sorted(gym.tool_mocker.tools.items())},
    }


def digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write(path: str, only: str | None) -> None:
    names = [only] if only else list(WORLDS)
    if not only and "AGENT_GYM_BENCH" not in os.environ:
        names.remove("retail")
    out = {}
    for name in names:
        out[name] = record(*WORLDS[name]())
        for section, values in out[name].items():
            print(f"{name:8} {section:10} {len(values):5}  {digest(values)}", flush=True)
    Path(path).write_text(json.dumps(out, indent=0, ensure_ascii=False, sort_keys=True), "utf-8")


def numbers(value: object) -> list[float]:
    if isinstance(value, list):
        return [x for v in value for x in numbers(v)]
    return [value] if isinstance(value, float) else []


def compare_section(old: dict[str, object], new: dict[str, object]) -> list[str]:
    "How `new` differs from `old`: counts, then the first differences."
    both = [k for k in old if k in new]
    changed = [k for k in both if old[k] != new[k]]
    gone, come = len(old) - len(both), len(new) - len(both)
    lines = [f"{len(both) - len(changed)} same, {len(changed)} changed, {gone} gone, {come} new"]
    # the verdict, or the source of an answer: which words turned into which
    turned = Counter(
        (a, b)
        for k in changed
        if isinstance(old[k], list) and isinstance(new[k], list)
        for a, b in zip(old[k], new[k])
        if isinstance(a, str) and isinstance(b, str) and a != b and max(len(a), len(b)) < 16
    )
    lines += [f"{n} x {a} -> {b}" for (a, b), n in turned.most_common(SHOWN)]
    moved = [
        abs(a - b) for k in changed for a, b in zip(numbers(old[k]), numbers(new[k])) if a != b
    ]
    if moved:
        lines.append(f"numbers moved by {sum(moved) / len(moved):.4f} on average, {max(moved):.4f}")
    for k in changed[:SHOWN]:
        was, now = (json.dumps(x[k], ensure_ascii=False) for x in (old, new))
        start = next((i for i, (a, b) in enumerate(zip(was, now)) if a != b), 0)
        start = max(0, start - 20)
        lines.append(f"{k}: {was[start : start + 60]}  ->  {now[start : start + 60]}")
    return lines


def compare(old_path: str, new_path: str) -> bool:
    "Print what changed; True when nothing did."
    old, new = (json.loads(Path(p).read_text("utf-8")) for p in (old_path, new_path))
    same = True
    for world in sorted(old.keys() & new.keys()):
        for section in old[world]:
            a, b = old[world][section], new[world].get(section, {})
            first, *rest = compare_section(a, b)
            print(f"{world:8} {section:10} {first}")
            print(*(f"{'':20}{line}" for line in rest), sep="\n", end="\n" if rest else "")
            same &= a == b
    return same


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) == 3 and arguments[0] == "--compare":
        sys.exit(not compare(arguments[1], arguments[2]))
    if len(arguments) not in (1, 3) or arguments[0].startswith("-"):
        sys.exit(__doc__)
    write(arguments[0], arguments[2] if arguments[1:2] == ["--only"] else None)
