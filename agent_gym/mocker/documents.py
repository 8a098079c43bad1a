from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from agent_gym.mocker.edits import Edit, edited
from agent_gym.mocker.expressions import (
    is_data,
    LONGEST_NAME,
    MISSING,
    SEED,
    Expr,
    Place,
    Undefined,
    Value,
    evaluate,
    key_of,
    resolve,
)
from agent_gym.mocker.trees import Test, Tree
from agent_gym.tools import LoggedCall


def tokens(value: Value, depth: int = 6) -> Iterator[str]:
    "The short values in a JSON value, as texts, with the keys that are data."
    kind = type(value)
    if kind is dict:
        for k, v in value.items():
            if is_data(k):
                yield k
            if depth:
                yield from tokens(v, depth - 1)
    elif kind is list:
        for v in value[:300] if depth else ():
            yield from tokens(v, depth - 1)
    elif (kind is str and len(value) <= LONGEST_NAME) or kind is int:
        yield str(value)


class Logged(LoggedCall):
    "A logged call that remembers its keys and the short values that it holds."

    @cached_property
    def call(self) -> tuple[str, Any]:
        "The tool and the key of the arguments."
        return self.name, key_of(self.arguments)

    @cached_property
    def answer(self) -> Any:
        "The key of the answer."
        return key_of(self.value)

    @cached_property
    def asks(self) -> frozenset[str]:
        "The short values of the arguments."
        return frozenset(tokens(self.arguments))

    @cached_property
    def shows(self) -> frozenset[str]:
        "The short values of the answer."
        return frozenset(tokens(self.value))


@dataclass(frozen=True)
class Effect:
    """What an action does to the documents of `view` whose arguments are as `binds` say (those not
    named: all); `hits` of `total` logged pairs of before and after agree. `creates`: it makes
    documents that were not there."""

    view: str
    binds: tuple[tuple[str, Expr], ...]
    edit: Edit
    hits: int
    total: int
    creates: bool = False

    @property
    def quality(self) -> float:
        "The share of agreement, drawn to a half where little was seen."
        return (self.hits + 0.5) / (self.total + 1)

    def __str__(self) -> str:
        where = ", ".join(f"{k} = {e}" for k, e in self.binds)
        return "; ".join(self.edit.lines(f"{self.view}({where})")) + (
            f" when {self.edit.guard}" if self.edit.guard else ""
        )


@dataclass(frozen=True)
class Link:
    """A document that a call speaks of, seen under `root`; `source` says where its arguments come
    from. With `index` it is found by what it holds: by `fields`, or as a row of a nested `table`
    that a name, or each of a list of names, stands for."""

    root: Any
    view: str
    source: tuple[tuple[Any, Place], ...] = ()
    index: str = ""

    @property
    def spec(self) -> tuple[Any, ...]:
        "What identifies the index: its view, its kind, the paths in the document."
        return self.view, self.index, tuple(path for path, _ in self.source)


Shows = tuple[str, tuple[tuple[str, Expr], ...]]
"The view whose document an action answers with, and the arguments of that document."


@dataclass(frozen=True)
class Reply:
    "What a tool answers where no document tells: `share` of `total` logged answers are explained."

    expression: Expr
    share: float
    total: int


@dataclass(frozen=True)
class Refusal:
    """A call fails with `text` where all tests come out as they say; `hits` of `total` logged calls
    agree. `source` is the tool that a rule without examples of its own is borrowed from."""

    tests: tuple[tuple[Test, bool], ...]
    text: Expr
    hits: int
    total: int
    source: str = ""

    def holds(self, env: Mapping[Any, Value]) -> bool:
        "Whether the call is refused; False where what is tested is not known at all."
        return all(
            all(p[0] in env or p[0][0] == "f" for p in test.places) and test(env) == wanted
            for test, wanted in self.tests
        )

    def __str__(self) -> str:
        said = " and ".join(str(t) if yes else f"not ({t})" for t, yes in self.tests)
        return f"fails with {self.text} when {said or 'called'}"


@dataclass(frozen=True)
class StateModel:
    """All that is learned about state; immutable.

    `base`: documents before any action, by (view, key of the arguments), with up to two
    conversations that show them and how far the logs agree. `outcomes`: how identical logged calls
    ended.
    `shown`: the conversations (up to two) that show a value. `pairs`: actions whose order is told
    apart. `own`: by conversation, what it showed of the start that others do not.
    `tested`: the (action, view) of which some log shows a document before and after. `accepts_new`:
    actions that succeed with values never shown before. `edited`: tools whose rules a person
    changed. `keyed`: views with one argument, and that."""

    actions: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()
    pairs: tuple[tuple[str, str], ...] = ()
    base: Mapping[tuple[str, Any], tuple[Value, frozenset[int], float]] = field(
        default_factory=dict
    )
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    indexes: Mapping[tuple[Any, ...], Mapping[Any, Mapping[str, Value]]] = field(
        default_factory=dict
    )
    shows: Mapping[str, Shows] = field(default_factory=dict)
    effects: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, Any], tuple[str, Counter[str], Mapping[int, Counter[str]]]] = (
        field(default_factory=dict)
    )
    shown: Mapping[str, frozenset[int]] = field(default_factory=dict)
    trees: Mapping[str, Tree] = field(default_factory=dict)
    texts: Mapping[tuple[str, str], Expr] = field(default_factory=dict)
    refusals: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)
    borrowed: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)
    amounts: Mapping[str, tuple[tuple[str, Expr], ...]] = field(default_factory=dict)
    replies: Mapping[str, Reply] = field(default_factory=dict)
    logged: Mapping[tuple[str, Any], tuple[Value, float]] = field(default_factory=dict)
    prefer_logged: frozenset[str] = frozenset()
    own: Mapping[str, Mapping[tuple[str, Any], Value]] = field(default_factory=dict)
    tested: frozenset[tuple[str, str]] = frozenset()
    edited: frozenset[str] = frozenset()
    keyed: tuple[tuple[str, str], ...] = ()
    accepts_new: frozenset[str] = frozenset()

    def original(self, view: str, key: Any, without: int | None = None) -> Value:
        "The document before any action, as other conversations than `without` show it."
        found = self.base.get((view, key))
        return MISSING if found is None or found[1] == {without} else found[0]

    def outcome(self, tool: str, key: Any, without: int | None = None) -> str | None:
        "How the identical call mostly ended in other conversations than `without`."
        found = self.outcomes.get((tool, key))
        if found is None:
            return None
        if without is None or without not in found[2]:
            return found[0]
        rest = found[1] - found[2][without]
        return max(rest, key=lambda c: (rest[c], c)) if rest else None

    def is_shown(self, value: str, without: int | None = None) -> bool:
        "Whether conversations other than `without` show this value."
        return bool(self.shown.get(value, frozenset()) - {without})


GOOD, FAIR = 0.92, 0.7
"From which quality on an effect is called good, or fair."
SpecificEdit = tuple[Mapping[str, Any], Effect, Mapping[Any, Value]]


class State:
    """One session's edits, its count of successes by action, and the arguments and order of the
    last ones. Values are never changed in place, so a fork copies dictionaries only."""

    __slots__ = (
        "conversation",
        "counts",
        "declared",
        "edits",
        "events",
        "imputed",
        "last",
        "latest",
        "made",
        "memo",
        "model",
        "node",
        "observed",
        "seed",
        "seen",
        "spoken",
        "steps",
        "touched",
    )

    def __init__(
        self, model: StateModel, conversation: int | None = None, origin: str | None = None
    ):
        self.model, self.conversation, self.steps = model, conversation, 0
        self.edits: dict[str, tuple[SpecificEdit, ...]] = {}
        own = model.own.get(origin or "", {})
        self.observed: dict[tuple[str, Any], tuple[Value, int]] = {
            k: (v, 0) for k, v in own.items()
        }
        self.counts: dict[str, int] = dict.fromkeys(sorted(model.actions), 0)
        self.last: dict[str, int] = {}
        self.latest: dict[str, Mapping[str, Value]] = {}
        self.made: frozenset[str] = frozenset()
        self.seen: set[str] = set()
        self.declared: frozenset[tuple[str, Any]] = frozenset()
        self.spoken: tuple[tuple[str, frozenset[str]], ...] = ()
        self.memo: dict[tuple[str, Any], tuple[Value, int, int]] = {}
        self.node: int | None = 0
        self.seed = 0
        self.touched: dict[tuple[str, Any], Mapping[str, Value]] = {}
        self.events: tuple[tuple[str, Mapping[str, Value]], ...] = ()
        self.imputed: frozenset[tuple[str, Any]] = frozenset()

    def fork(self) -> State:
        "An independent state that starts as this one is."
        other = State.__new__(State)
        other.model, other.conversation, other.steps = self.model, self.conversation, self.steps
        other.edits, other.observed = dict(self.edits), dict(self.observed)
        other.counts, other.last, other.latest = self.counts, self.last, self.latest
        other.made, other.memo = self.made, dict(self.memo)
        other.seen, other.spoken, other.declared = set(self.seen), self.spoken, self.declared
        other.node, other.touched, other.imputed = self.node, self.touched, self.imputed
        other.events, other.seed = self.events, self.seed
        return other

    def document(self, view: str, arguments: Mapping[str, Value]) -> tuple[Value, int]:
        """(value or MISSING, grade): 0 where nothing touched it, 3, 2, 1 where good, fair, poor
        effects did, -1 where an effect could not be told."""
        key = key_of(dict(arguments))
        edits = self.edits.get(view, ())
        known = self.memo.get((view, key))
        if known is not None and known[2] == len(edits):
            return known[0], known[1]
        value, start = self.observed.get((view, key), (MISSING, -1))
        if start < 0:
            value, start = self.model.original(view, key, self.conversation), 0
        grade = 0
        for binds, effect, env in edits[start:]:
            if value is MISSING and not effect.creates:
                continue
            if any(key_of(arguments.get(k, MISSING)) != x for k, x in binds.items()):
                continue
            here = {**env, "b": arguments, "d": value}
            try:
                after = edited(effect.edit, value, here)
            except Undefined:
                grade = -1
                break
            if after is not value:
                now = 3 if effect.quality > GOOD else 2 if effect.quality > FAIR else 1
                grade = min(grade, now) if grade else now
            value = after
        self.memo[view, key] = value, grade, len(edits)
        return value, grade

    def untold(self, view: str, arguments: Mapping[str, Value]) -> bool:
        """Whether something was done that speaks of this document, and no log shows what that does
        to it."""
        if not self.spoken:
            return False
        asked = frozenset(tokens(dict(arguments)))
        return any(
            (action, view) not in self.model.tested and (not asked or not asked.isdisjoint(said))
            for action, said in self.spoken
        )

    def touch(self, view: str, arguments: Mapping[str, Value]) -> None:
        "Note that an action concerned a document."
        self.touched = {**self.touched, (view, key_of(dict(arguments))): arguments}

    def observe(self, view: str, arguments: Mapping[str, Value], value: Value) -> None:
        "Take a document as it was shown."
        key = key_of(dict(arguments))
        self.observed[view, key] = value, len(self.edits.get(view, ()))
        self.memo.pop((view, key), None)


def environment(state: State, tool: str, arguments: Mapping[str, Value]) -> dict[Any, Value]:
    "What effects and replies of a call may be made of."
    env: dict[Any, Value] = {"a": arguments, "n": state.counts, "h": state.latest}
    if state.seed:
        env[SEED] = state.seed
    for link in state.model.links.get(tool, ()):
        names = [resolve(env, place) for _, place in link.source]
        if MISSING not in names:
            value = _LINKED[link.index](state, link, names)
            if value is not MISSING:
                env[link.root] = value
    return env


def _by_arguments(state: State, link: Link, names: Sequence[Value]) -> Value:
    if any(type(x) in (list, dict) for x in names):
        return MISSING
    return state.document(link.view, {y: x for (y, _), x in zip(link.source, names, strict=True)})[
        0
    ]


def _by_fields(state: State, link: Link, names: Sequence[Value]) -> Value:
    "The document, with its arguments, whose fields are so."
    wanted = tuple(map(folded, names))
    arguments = state.model.indexes.get(link.spec, {}).get(wanted)
    paths = [path for path, _ in link.source]
    seen = [k for v, k in state.observed if v == link.view] if arguments is None else []
    for found in [arguments, *map(orjson.loads, seen)]:
        if found is not None:
            value, _ = state.document(link.view, found)
            if wanted == tuple(folded(walk_down(value, p)) for p in paths):
                return {**value, **found}
    return MISSING


def _by_table(state: State, link: Link, names: Sequence[Value]) -> Value:
    "The row, or rows, of that name in a table within a document."
    if type(names[0]) is list:
        rows = [_by_table(state, link, [x]) for x in names[0]]
        return MISSING if not rows or MISSING in rows else rows
    (path, fld), name = link.source[0][0], names[0]
    if type(name) not in (str, int):
        return MISSING
    arguments = state.model.indexes.get(link.spec, {}).get(str(name))
    if arguments is None:
        return MISSING
    value, _ = state.document(link.view, arguments)
    rows = walk_down(value, path)
    if type(rows) is dict:
        return rows.get(str(name), MISSING)
    return (
        next((r for r in rows if str(r.get(fld)) == str(name)), MISSING)
        if type(rows) is list
        else MISSING
    )


def folded(value: Value) -> Any:
    "The key of a value, of a text without regard to case."
    return value.casefold() if type(value) is str else key_of(value)


def walk_down(value: Value, path: Sequence[str]) -> Value:
    "The value under these keys, one in another, or MISSING."
    for k in path:
        value = value.get(k, MISSING) if type(value) is dict else MISSING
    return value


_LINKED = {"": _by_arguments, "fields": _by_fields, "table": _by_table}


class _Order(dict[str, str]):
    "For pairs of actions `p|q`: which of them succeeded last; filled as it is asked."

    def __init__(self, last: Mapping[str, int]):
        super().__init__()
        self.last = last

    def get(self, key: str, default: Any = None) -> Any:
        p, _, q = key.partition("|")
        if p not in self.last and q not in self.last:
            return default
        return p if self.last.get(p, -1) > self.last.get(q, -1) else q


def decision_environment(
    state: State, tool: str, arguments: Mapping[str, Value], env: Mapping[Any, Value], full: bool
) -> dict[Any, Value]:
    "What may decide how a call ends; `full` where all of it will be walked."
    model, out = state.model, dict(env)
    logged = model.outcome(tool, key_of(dict(arguments)), state.conversation)
    if logged is not None:
        out["k"] = logged
    out["x"] = {
        k: "here"
        if (s := str(v)) in state.made
        else "known"
        if s in state.seen or model.is_shown(s, state.conversation)
        else "unknown"
        for k, v in arguments.items()
        if type(v) in (str, int)
    }
    if tool in model.views and state.document(tool, arguments)[0] is not MISSING:
        out["o"] = True
    amounts = {}
    for name, e in model.amounts.get(tool, ()):
        try:
            amounts[name] = evaluate(e, env)
        except Undefined:
            continue
    out["e"] = amounts
    order = _Order(state.last)
    out["s"] = order
    if full:
        pairs = {f"{p}|{q}": order.get(f"{p}|{q}") for p, q in model.pairs}
        out["s"] = {k: v for k, v in pairs.items() if v is not None}
    return out


def take(
    state: State,
    tool: str,
    arguments: Mapping[str, Value],
    value: Value,
    env: Mapping[Any, Value],
    given: bool = False,
    shows: frozenset[str] | None = None,
) -> None:
    """A call succeeded with this answer: its effects happen. `given`: the answer is the truth, so
    what it shows is so from now on. `shows`: the short values of the answer, where known."""
    model = state.model
    if shows is None and (tool in model.actions or (given and state.conversation is not None)):
        shows = frozenset(tokens(value))
    if tool in model.actions:
        seen, before = {**env, "r": value}, state.touched
        for e in model.effects.get(tool, ()):
            try:
                where = {k: evaluate(x, seen) for k, x in e.binds}
            except Undefined:
                continue
            binds = {k: key_of(x) for k, x in where.items()}
            if e.edit.op != "keep":
                state.touch(e.view, where)
            state.edits[e.view] = (*state.edits.get(e.view, ()), (binds, e, seen))
        state.steps += 1
        state.counts = {**state.counts, tool: state.counts[tool] + 1}
        state.last = {**state.last, tool: state.steps}
        if any(type(x) in (str, int, bool) for x in arguments.values()):
            state.latest = {**state.latest, tool: arguments}
        state.made |= shows or frozenset()
        state.spoken = (*state.spoken, (tool, _spoken(seen, shows or frozenset())))
        if state.touched is before and tool not in model.shows:
            state.events = (*state.events, (tool, arguments))
    if given:
        if state.conversation is not None:
            state.seen |= shows or frozenset()
        if tool in model.views:
            state.observe(tool, arguments, value)
        document = shown_document(model, tool, env, value)
        if document is not None and type(value) is dict:
            state.observe(*document, value)
            state.touch(*document)


def _spoken(env: Mapping[Any, Value], shows: frozenset[str]) -> frozenset[str]:
    """What an action speaks of: its arguments, its answer, and the plain fields of the documents it
    is linked to."""
    out = {*shows, *tokens(env["a"])}
    for root, value in env.items():
        if type(root) is tuple and len(root) > 2 and type(value) is dict:
            out |= {str(x) for x in value.values() if type(x) in (str, int)}
    return frozenset(out)


def shown_document(
    model: StateModel, tool: str, env: Mapping[Any, Value], value: Value
) -> tuple[str, dict[str, Value]] | None:
    "(view, arguments) of the document that an action answers with, or None."
    shows = model.shows.get(tool)
    if shows is None:
        return None
    seen = {**env, "r": value}
    try:
        return shows[0], {k: evaluate(e, seen) for k, e in shows[1]}
    except Undefined:
        return None

