from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from agent_gym.mocker.documents import (
    Refusal,
    State,
    StateModel,
    decision_environment,
    environment,
    shown_document,
    take,
)
from agent_gym.mocker.expressions import MISSING, Undefined, Value, evaluate, key_of
from agent_gym.mocker.imputation import ErrorFormat, Imputer
from agent_gym.mocker.results import Source, ToolResult, copied
from agent_gym.mocker.transitions import NO_SUCCESS
from agent_gym.mocker.trees import Tree
from agent_gym.tools import LoggedCall, check_arguments
from agent_gym.trace import ToolSpec


@dataclass(frozen=True)
class Answer:
    """An answer: its value, what it rests on, what the call was seen with (None: it cannot be
    read), and the logged calls behind it. `made`: the value is made up."""

    value: Value
    is_error: bool
    basis: str
    env: Mapping[Any, Value] | None = None
    support: int = 0
    reason: str = ""
    evidence: tuple[tuple[str, int], ...] = ()

    def result(self, tool: str, confidence: float, is_action: bool) -> ToolResult:
        "The answer as callers get it; the value is their own."
        source = _SOURCES.get(self.basis.split()[0], "effect" if is_action else "computed")
        said = self.support, tool, self.reason, self.evidence
        return ToolResult(copied(self.value), self.is_error, source, confidence, *said)


_SOURCES: dict[str, Source] = {  # type: ignore
    **dict.fromkeys(("error", "malformed", "unknown"), "error"),
    **dict.fromkeys(("state", "changed", "unsure"), "state"),
    **dict.fromkeys(("same", "replay"), "replay"),
    "effect": "effect",
    "imputed": "synthesised",
    "unlogged": "effect",
}


SURE = 0.9
"Share of a leaf from which on a decision is not mixed."
_GRADES = {-1: "unsure", 0: "state", 1: "changed poor", 2: "changed fair", 3: "changed"}


def state_answer(state: State, tool: str, arguments: Mapping[str, Value]) -> Answer | None:
    "What the learned state answers, or None where it has no answer at all. Changes nothing."
    model = state.model
    tree = model.trees.get(tool)
    if tree is None:
        return None
    env = environment(state, tool, arguments)
    full = decision_environment(state, tool, arguments, env, False)
    if tool in model.edited:
        return _by_hand(state, tool, arguments, env, full)
    leaf = tree.leaf(full)
    total = sum(leaf.counts.values())
    mixed = "" if leaf.counts[leaf.label] > SURE * total else " mixed"
    borrowed = _borrowed(model.borrowed.get(tool, ()), full, env, leaf.label != "ok")
    if borrowed is not None:
        return borrowed
    if leaf.label == "ok":
        told = _success(state, tool, arguments, env, full, mixed)
        rest = {k: n for k, n in leaf.counts.items() if k != "ok"}
        if told is not None or not rest:
            return told
        other = max(rest, key=lambda k: (rest[k], k))
        return _error(model, tool, other, full, env, leaf, " else")
    return _error(model, tool, leaf.label, full, env, leaf, mixed)


def _error(
    model: StateModel,
    tool: str,
    form: str,
    full: Mapping[Any, Value],
    env: Mapping[Any, Value],
    leaf: Tree,
    sign: str,
) -> Answer | None:
    try:
        value = evaluate(model.texts[tool, form], full)
    except (KeyError, Undefined):
        return None
    total = sum(leaf.counts.values())
    why = f"Calls like this end so in {leaf.counts[form]} of {total}."
    return Answer(value, True, "error" + sign, env, total, why)


def _by_hand(
    state: State,
    tool: str,
    arguments: Mapping[str, Value],
    env: Mapping[Any, Value],
    full: Mapping[Any, Value],
) -> Answer | None:
    "What the rules say that a person has changed."
    for r in state.model.refusals.get(tool, ()):
        if r.holds(full):
            return Answer(evaluate(r.text, full), True, "error", env, r.total, f"It {r}.")
    return _success(state, tool, arguments, env, full, "")


def _borrowed(
    refusals: Sequence[Refusal], full: Mapping[Any, Value], env: Mapping[Any, Value], fails: bool
) -> Answer | None:
    "What tools like this one refuse; where it fails anyhow, only for names that nothing shows."
    for r in refusals:
        unknown = any(p[0] == "x" for t, _ in r.tests for p in t.places)
        if (unknown or not fails) and r.holds(full):
            try:
                value = evaluate(r.text, full)
            except Undefined:
                continue
            sign = "invariant" if r.source == NO_SUCCESS else "unknown" if unknown else "borrowed"
            return Answer(value, True, f"error {sign}", env, r.hits, f"As {r.source}: it {r}.")
    return None


def _success(
    state: State,
    tool: str,
    arguments: Mapping[str, Value],
    env: Mapping[Any, Value],
    full: Mapping[Any, Value],
    mixed: str,
) -> Answer | None:
    model = state.model
    if tool in model.views:
        value, grade = state.document(tool, arguments)
        if value is not MISSING:
            after = " after" * (grade == 0 and state.steps > 0)
            if grade >= 0 and state.untold(tool, arguments):
                after = " untold"
            why = "As shown before." if grade == 0 else "As shown before, with what was done since."
            return Answer(value, False, _GRADES[grade] + after + mixed, env, 1, why)
    answer = _reply(model, tool, arguments, env, full)
    shown = _shown(state, tool, arguments, env, answer)
    return answer if shown is None else shown


def _reply(
    model: StateModel,
    tool: str,
    arguments: Mapping[str, Value],
    env: Mapping[Any, Value],
    full: Mapping[Any, Value],
) -> Answer | None:
    reply = model.replies.get(tool)
    logged = model.logged.get((tool, key_of(dict(arguments))))
    if logged is not None and (reply is None or tool in model.prefer_logged):
        return Answer(logged[0], False, "same", env, 1, "The same call was answered so.")
    if reply is None:
        return None
    try:
        value = evaluate(reply.expression, full)
    except Undefined:
        return None
    value = str(value) if reply.expression.op == "calc" else value
    basis = "reply" if reply.share > SURE else "reply mixed"
    return Answer(value, False, basis, env, reply.total, f"It replies {reply.expression}.")


def _shown(
    state: State,
    tool: str,
    arguments: Mapping[str, Value],
    env: Mapping[Any, Value],
    answer: Answer | None,
) -> Answer | None:
    "The document that an action answers with, as it is after it."
    if tool not in state.model.shows:
        return None
    said = {} if answer is None else answer.value
    found = shown_document(state.model, tool, env, said)
    if found is None:
        return None
    after = state.fork()
    take(after, tool, arguments, said, env)
    value, grade = after.document(*found)
    if value is MISSING or grade < 0:
        return None
    effects = [e for e in state.model.effects.get(tool, ()) if e.view == found[0]]
    why = "; ".join(map(str, effects)) or "No effect of it is known."
    support = max((e.total for e in effects), default=0)
    return Answer(value, False, f"effect {_GRADES[grade]}", env, support, why)


@dataclass(frozen=True)
class Recording:
    "What was mostly answered, the `share` of answers that say so, and where it was logged."

    value: Value
    is_error: bool
    share: float
    where: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Recordings:
    """What was answered, by the actions before and the call; `steps` leads from node to node.
    `own`: by conversation, what it was answered where others were answered otherwise."""

    steps: Mapping[tuple[int, Any], int] = field(default_factory=dict)
    answers: Mapping[tuple[int, Any], Recording] = field(default_factory=dict)
    own: Mapping[str, Mapping[tuple[int, Any], Recording]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, conversations: Sequence[Sequence[LoggedCall]], actions: frozenset[str]
    ) -> Recordings:
        "From the logs; node 0 is where nothing was done."
        steps: dict[tuple[int, Any], int] = {}
        found: dict[tuple[int, Any], list[LoggedCall]] = defaultdict(list)
        for conversation in conversations:
            node = 0
            for c in conversation:
                at_call = node, (c.name, key_of(c.arguments))
                found[at_call].append(c)
                if c.name in actions and not c.is_error:
                    node = steps.setdefault(at_call, len(steps) + 1)
        own: dict[str, dict[tuple[int, Any], Recording]] = defaultdict(dict)
        answers = {}
        for at_call, calls in found.items():
            answers[at_call], others = _recorded(calls)
            for c in reversed(others):
                own[c.conversation][at_call] = _recorded([c])[0]
        return cls(steps, answers, dict(own))

    def after(self, node: int | None, call: Any) -> int | None:
        "The node after a successful action; None where no log went."
        return None if node is None else self.steps.get((node, call))

    def answer(self, node: int | None, call: Any, origin: str | None) -> Recording | None:
        "The logged answer, that of the conversation `origin` first."
        if node is None:
            return None
        mine = self.own.get(origin or "", {}).get((node, call))
        return self.answers.get((node, call)) if mine is None else mine


def _recorded(calls: Sequence[LoggedCall]) -> tuple[Recording, list[LoggedCall]]:
    keys = [key_of(c.value) for c in calls]
    counts = Counter(keys)
    top = max(counts, key=lambda k: (counts[k], str(k)))
    same = [c for c, k in zip(calls, keys, strict=True) if k == top]
    where = tuple((c.conversation, c.turn) for c in same[:3])
    told = Recording(same[0].value, same[0].is_error, len(same) / len(calls), where)
    return told, [c for c, k in zip(calls, keys, strict=True) if k != top]


def unlogged(state: State, tool: str, arguments: Mapping[str, Value]) -> tuple[str, Value] | None:
    "(view, document after the write), or None where the arguments do not say one."
    if len(arguments) < 2:
        return None
    for view, name in state.model.keyed:
        if name not in arguments:
            continue
        before, _ = state.document(view, {name: arguments[name]})
        if type(before) is not dict:
            continue
        after, found = before, True
        for a, x in arguments.items():
            if a != name:
                changed = _with_field(after, a, x)
                found, after = found and changed is not None, changed or after
        if found:
            return view, after
    return None


def _with_field(value: Value, name: str, new: Value) -> Value | None:
    "The object with the one field of this name, at any depth, set; None where there is not one."
    if type(value) is not dict:
        return None
    if name in value:
        return {**value, name: new}
    inner = [(k, x) for k, v in value.items() if (x := _with_field(v, name, new)) is not None]
    return {**value, inner[0][0]: inner[0][1]} if len(inner) == 1 else None


@dataclass(frozen=True)
class CalibrationSettings:
    "Rates before any count, and how much a coarser count weighs in a finer one."

    bases: Mapping[str, float]
    signs: Mapping[str, float]
    other: float = 0.5
    weights: tuple[float, ...] = (3, 4)
    asked: int = 5  # calls left out from which on a tool may be said not to be learned
    hopeless: float = 0.2  # where less than this share of them was right


CALIBRATION = CalibrationSettings(
    bases={"state": 0.95, "changed": 0.95, "unsure": 0.3, "reply": 0.85, "same": 0.5, "error": 0.9}
    | {"effect changed": 0.95, "effect state": 0.3, "effect unsure": 0.2, "replay": 0.95}
    | {"replay own": 0.99, "replay contradicted": 0.6, "malformed": 0.5, "imputed": 0.03}
    | {"unknown": 0.1, "unlogged": 0.8, "llm": 0.3},
    signs={" mixed": 0.7, " after": 0.8, " untold": 0.5, " poor": 0.3, " fair": 0.7, " else": 0.4}
    | {" borrowed": 0.8, " unknown": 0.95, " invariant": 0.5},
)
Cell = tuple[int, int]
"(right, asked)"


def _expected(basis: str) -> float:
    p = 1.0
    for sign, factor in CALIBRATION.signs.items():
        if sign in basis and basis not in CALIBRATION.bases:
            p, basis = p * factor, basis.replace(sign, "")
    return p * CALIBRATION.bases.get(basis, CALIBRATION.other)


@dataclass(frozen=True)
class Calibration:
    "How often answers were right in conversations left out, by basis and by basis and tool."

    cells: Mapping[Any, Cell] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, bool]]) -> Calibration:
        "From (tool, basis, whether right)."
        cells: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        for tool, basis, right in rows:
            for k in (basis, (basis, tool), ("tool", tool)):
                cells[k][0] += right
                cells[k][1] += 1
        return cls({k: (c[0], c[1]) for k, c in cells.items()})

    def rate(self, tool: str, basis: str) -> float:
        "The chance, in (0, 1), that an answer on this basis is right."
        p = _expected(basis)
        for k, w in zip((basis, (basis, tool)), CALIBRATION.weights, strict=True):
            right, asked = self.cells.get(k, (0, 0))
            p = (right + w * p) / (asked + w)
        return p

    def unlearned(self) -> dict[str, Cell]:
        """Tools that are not learned from these logs, as (right, asked): free text, searches of the
        world; `tools=` is how to bring them."""
        found = {k[1]: c for k, c in self.cells.items() if type(k) is tuple and k[0] == "tool"}
        few, share = CALIBRATION.asked, CALIBRATION.hopeless
        return {t: (r, n) for t, (r, n) in found.items() if n >= few and r < share * n}


@dataclass(frozen=True)
class Backend:
    "All that was learned, and the order in which it is asked; immutable."

    tools: Mapping[str, ToolSpec]
    state: StateModel
    recordings: Recordings = field(default_factory=Recordings)
    imputer: Imputer = field(default_factory=Imputer)
    errors: ErrorFormat = field(default_factory=ErrorFormat)
    calibration: Calibration = field(default_factory=Calibration)
    strategies: tuple[str, ...] = ("replay", "schema", "state", "imputed")

    def answer(
        self,
        state: State,
        name: str,
        arguments: Mapping[str, JsonValue],
        origin: str | None = None,
        seed: int = 0,
    ) -> Answer:
        "What the backend says in this state; nothing is changed."
        if name not in self.tools:
            return self._unlogged(state, name, arguments)
        for strategy in self.strategies:
            told = _STRATEGIES[strategy](self, state, name, arguments, origin, seed)
            if told is not None:
                return told
        why = "No log tells what such a call is answered."
        return self.refused(f"{name}: nothing is known of this", why, "unknown")

    def refused(self, text: str, reason: str, basis: str = "malformed") -> Answer:
        "An error in the form of this backend."
        return Answer(self.errors.error(text), True, basis, None, 0, reason)

    def _unlogged(self, state: State, name: str, arguments: Mapping[str, JsonValue]) -> Answer:
        told = unlogged(state, name, arguments)
        if told is None:
            known = ", ".join(self.tools) or "none"
            text = f"unknown tool {name[:80]!r}; the tools are {known}"
            return self.refused(text, "No log shows a tool of this name.")
        why = f"No log shows this tool; its arguments name fields of what {told[0]} shows."
        return Answer(told[1], False, "unlogged", {"a": arguments}, 0, why)


def _from_recordings(
    backend: Backend,
    state: State,
    name: str,
    arguments: Mapping[str, JsonValue],
    origin: str | None,
    seed: int,
) -> Answer | None:
    if name in state.model.edited:
        return None
    call = name, key_of(dict(arguments))
    told = backend.recordings.answer(state.node, call, origin)
    if told is None:
        return None
    own = any(c == origin for c, _ in told.where)
    basis = "replay own" if own else "replay" if told.share == 1 else "replay contradicted"
    why = "The same call was logged after the same was done."
    env = environment(state, name, arguments)
    return Answer(told.value, told.is_error, basis, env, len(told.where), why, told.where)


def _from_schema(
    backend: Backend,
    state: State,
    name: str,
    arguments: Mapping[str, JsonValue],
    origin: str | None,
    seed: int,
) -> Answer | None:
    fault = check_arguments(backend.tools[name], dict(arguments))
    return backend.refused(fault, "The arguments do not fit the tool.") if fault else None


def _from_state(
    backend: Backend,
    state: State,
    name: str,
    arguments: Mapping[str, JsonValue],
    origin: str | None,
    seed: int,
) -> Answer | None:
    return state_answer(state, name, arguments)


def _imputed(
    backend: Backend,
    state: State,
    name: str,
    arguments: Mapping[str, JsonValue],
    origin: str | None,
    seed: int,
) -> Answer | None:
    "A document that must exist, because what its arguments name was shown."
    if name not in state.model.views or not arguments:
        return None
    names = [str(x) for x in arguments.values() if type(x) in (str, int)]
    if not all(s in state.made or s in state.seen or state.model.is_shown(s) for s in names):
        return None
    value = backend.imputer.document(state.model, name, arguments, seed)
    if value is MISSING:
        return None
    why = "No log shows it, but what it is called by was shown; it is made up."
    return Answer(value, False, "imputed", environment(state, name, arguments), 0, why)


_STRATEGIES = {
    "replay": _from_recordings,
    "schema": _from_schema,
    "state": _from_state,
    "imputed": _imputed,
}

