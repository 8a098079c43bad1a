"""How often control passes from module to module: for one off-log user turn, one refused write and
one parsed record. Few hand-overs mean that a reader finds the answer in few places.

The user's turn is the first of an episode that nobody has played, engine included; the write is one
that a learned rule refuses, not one that the logs hold.

    python tools/handovers.py          # the table
    python tools/handovers.py user     # and who calls whom in one of: user, write, record
"""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from pydantic import JsonValue

import agent_gym as ag

PACKAGE = str(Path(ag.__file__).parent)
TARGETS = {"user": 40, "write": 15}
OFF_LOG = (  # wordings that no log holds; the one with the most hand-overs is told
    "I see two invoices here. Shall I look into the one of last month first?",
    "To get into your file I would need the number we gave you when you joined.",
    "Bear with me, the weather is lovely. Is it fine by you if I go ahead with that?",
)


def module_of(frame: FrameType) -> str | None:
    "The module of the package whose code runs in `frame`, or None."
    path = frame.f_code.co_filename
    return path.removeprefix(PACKAGE)[1:-3].replace("/", ".") if path.startswith(PACKAGE) else None


def trace_calls(action: Callable[[], object]) -> Counter[tuple[str, str]]:
    "Runs `action` and counts calls from a function of one module to one of another."
    seen: Counter[tuple[str, str]] = Counter()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or (callee := module_of(frame)) is None:
            return
        caller_frame = frame.f_back
        while caller_frame is not None and (caller := module_of(caller_frame)) is None:
            caller_frame = caller_frame.f_back
        if caller_frame is not None and caller != callee:
            ends = (caller_frame, frame)
            a, b = (f.f_code.co_qualname.split(".<locals>")[0] for f in ends)
            seen[f"{caller}:{a}", f"{callee}:{b}"] += 1

    sys.setprofile(watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return seen


def refused_write(gym: ag.Gym, new: list[ag.Trace]) -> tuple[str, dict[str, JsonValue]]:
    "The first write of the new conversations that the gym refuses by a rule, not from memory."
    for trace in new:
        for call in (c for m in trace.messages for c in m.tool_calls):
            answer = gym.tool_mocker.session().call(call.name, call.arguments)
            refused = answer.is_error and answer.source != "replay"
            if refused and gym.tool_mocker.tools[call.name].kind == "write":
                return call.name, call.arguments
    raise LookupError("no write of the new conversations is refused by a rule")


def user_turn(gym: ag.Gym, trace: ag.Trace, words: str) -> Callable[[], object]:
    "The first turn of an episode nobody has played yet, in `words`."
    episode = gym.episode(trace.conversation_id)
    return lambda: episode.step(words)


def actions() -> dict[str, list[Callable[[], object]]]:
    "The three actions in some variants; only what they do themselves is counted."
    from agent_gym import sample

    traces, new = sample.sample_traces(120, 7), sample.sample_traces(24, 1007)
    gym = ag.create_environment(traces, seed=0)
    name, arguments = refused_write(gym, new)
    session = gym.tool_mocker.session()
    record = traces[1].model_dump(mode="json")
    return {
        "user": [user_turn(gym, t, words) for t, words in zip(traces, OFF_LOG)],
        "write": [lambda: session.call(name, arguments)],
        "record": [lambda: list(ag.load_traces([record], progress=False))],
    }


def main(shown: list[str]) -> None:
    print("action     calls  distinct  modules  target")
    for name, variants in actions().items():
        seen = max((trace_calls(action) for action in variants), key=lambda c: c.total())
        ends = {end for pair in seen for end in pair}
        modules = {end.split(":")[0] for end in ends}
        target = f"<= {TARGETS[name]}" if name in TARGETS else ""
        print(f"{name:8} {seen.total():7} {len(seen):9} {len(modules):8}  {target}")
        if name in shown:
            print(*(f"    {n:4} {a} -> {b}" for (a, b), n in seen.most_common()), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
