from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import orjson

from agent_gym.tools import arithmetic
from agent_gym.trace import dumps

Value: TypeAlias = Any
"A JSON value, or MISSING."
Place: TypeAlias = tuple[Any, ...]
"""A root and steps: a name goes to a key, an int to a position, `#` to a length, `('@', place)` to
the key or `('@', place, field)` to the row that a place names, `('+', field)` to a sum over rows."""
Env: TypeAlias = Mapping[Any, Any]


class Undefined(Exception):
    "An expression that has no value here."


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"Stands where there is no value; None is a value."


def key_of(value: Value) -> Any:
    "Something hashable that is equal for equal JSON values, numbers to 1e-6."
    kind = type(value)
    if kind is str:
        return value
    if kind is bool:
        return ("b", value)
    if kind is int or kind is float:
        return ("n", round(value, 6))
    if kind is list or kind is dict:
        try:
            text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return repr(value)
        if _INEXACT.search(text):
            return orjson.dumps(_whole(value), option=orjson.OPT_SORT_KEYS)
        return text
    return (repr(value),)


_EXACT = 2**53
_INEXACT = re.compile(rb"\.0(?!\d)|\.\d{7}|\d[eE]-\d")


def _whole(value: Value) -> Value:
    if type(value) is float:
        value = round(value, 6)
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if type(value) is dict:
        return {k: _whole(v) for k, v in value.items()}
    return [_whole(v) for v in value] if type(value) is list else value


def is_number(value: Value) -> bool:
    "Whether a value is a number; true and false are not."
    return type(value) is int or type(value) is float


def resolve(env: Env, place: Place) -> Value:
    "The value at a place, or MISSING."
    value: Value = env.get(place[0], MISSING)
    step: Value
    for step in place[1:]:
        if value is MISSING:
            return MISSING
        kind = type(step)
        if kind is str:
            if isinstance(value, dict) and step != "#":
                value = value.get(step, MISSING)
            else:
                value = len(value) if step == "#" and type(value) in (list, dict) else MISSING
        elif kind is int:
            ok = type(value) is list and -len(value) <= step < len(value)
            value = value[step] if ok else MISSING
        elif step[0] == "+":
            value = total(value, step[1])
        else:
            value = _named(value, resolve(env, step[1]), step[2] if len(step) > 2 else None)
    return value


def _named(value: Value, name: Value, field: str | None) -> Value:
    "The row that a name stands for, or the rows that a list of names stands for."
    if type(name) is list:
        names = [x.get(field, MISSING) if type(x) is dict else x for x in name]
        rows = [_named(value, x, field) for x in names]
        return MISSING if not rows or any(r is MISSING for r in rows) else rows
    if name is MISSING or type(name) is dict:
        return MISSING
    if type(value) is dict:
        return value.get(str(name), MISSING)
    if type(value) is not list or field is None:
        return MISSING
    key = key_of(name)
    for row in value:
        if type(row) is dict and field in row and key_of(row[field]) == key:
            return row
    return MISSING


def total(rows: Value, field: str) -> Value:
    "The sum of a field over rows, exact to cents, or MISSING."
    if type(rows) is not list or not rows:
        return MISSING
    numbers: list[Any] = [r.get(field) if type(r) is dict else None for r in rows]
    return rounded(sum(numbers)) if all(map(is_number, numbers)) else MISSING


def rounded(value: Value) -> Value:
    "Sums of money are exact to cents."
    return round(value, 2) if type(value) is float else value


EACH = "z"
"A root `(EACH, place)` is the element of a list that goes with the row at hand."


def place_text(place: Place) -> str:
    "A place as people read it."
    root = place[0]
    if isinstance(root, str):
        out = root
    elif root[0] == EACH:
        out = f"{place_text(root[1])}[j]"
    else:
        out = ".".join(map(str, root[1:]))
    for step in place[1:]:
        if isinstance(step, str):
            out += f".{step}"
        elif isinstance(step, int):
            out += f"[{step}]"
        elif step[0] == "+":
            out += f".sum({step[1]})"
        elif len(step) > 2:
            out += f"[{step[2]} = {place_text(step[1])}]"
        else:
            out += f"[{place_text(step[1])}]"
    return out


@dataclass(frozen=True)
class PlaceCosts:
    "What a place costs, in bits: a choice among few is cheap."

    roots: Mapping[str, float]
    other_root: float = 2.0  # a linked document
    step: float = 0.4  # each step beyond the first
    position: float = 0.7  # first or last of a list
    named: float = 0.5  # a key or row that another place names
    length: float = 0.8
    total: float = 1.5
    same_name: float = 0.9  # taken off where the place is called as what it explains


COSTS = PlaceCosts(
    {"a": 1.0, "i": 0.8, "v": 1.0, "r": 1.2, "b": 1.2, "d": 1.3, "k": 1.5, "o": 1.5}
    | {"h": 2.2, "n": 2.5, "x": 2.5, "s": 3.0, EACH: 1.0, "e": 1.2}
)


def place_cost(place: Place, hint: str | None = None) -> float:
    "The description length of a place, in bits."
    root = place[0] if isinstance(place[0], str) else place[0][0]
    cost = COSTS.roots.get(root, COSTS.other_root)
    cost += COSTS.step * (len(place) - 2)
    for step in place[1:]:
        kind = type(step)
        if kind is int:
            cost += COSTS.position
        elif kind is tuple:
            cost += COSTS.total if step[0] == "+" else COSTS.named
        elif step == "#":
            cost += COSTS.length
    return cost - COSTS.same_name * (hint is not None and place[-1] == hint)


DATA_KEY = re.compile(r"\d{3}")


@lru_cache(maxsize=1 << 16)
def is_data(text: str) -> bool:
    "Whether a key is data rather than the name of a field: three digits and more in a row."
    return DATA_KEY.search(text) is not None


GIVEN = ("a", "i", "b")
"Roots that a caller gives; what they hold may name keys and rows elsewhere."
DEPTH, ROWS, ROW_PLACES = 5, 60, 4


Names = tuple[Mapping[str, Place], Sequence[tuple[Place, list[Value]]]]
"Places of names by name, and the lists of names with their places."


def _names(env: Env) -> Names:
    one: dict[str, Place] = {}
    many: list[tuple[Place, list[Value]]] = []
    for root in (*GIVEN, "r"):
        given = env.get(root, MISSING)
        if type(given) is dict:
            for k, v in given.items():
                if type(v) in (str, int) and v != "":
                    one.setdefault(str(v), (root, k))
                elif type(v) is list and v and root != "r":
                    many.append(((root, k), v))
        elif root == "i" and type(given) in (str, int):
            one.setdefault(str(given), (root,))
    return one, many


def flatten(env: Env, roots: Iterable[Any], limit: int = 120) -> dict[Place, Value]:
    """Every place under `roots` with its value, about `limit` for each root, half of that for
    linked documents."""
    out: dict[Place, Value] = {}
    names = _names(env)
    for root in roots:
        value = env.get(root, MISSING)
        if value is not MISSING:
            most = limit if isinstance(root, str) else limit // 2
            _walk(value, (root,), out, names, DEPTH, len(out) + most)
    return out


def _walk(
    v: Value, at: Place, out: dict[Place, Value], names: Names, depth: int, limit: int
) -> None:
    out[at] = v
    if depth == 0 or len(out) > limit:
        return
    given = at[0] in GIVEN
    if type(v) is dict:
        out[(*at, "#")] = len(v)
        if names[1] and not given:
            _walk_joined(v, at, out, names, limit)
        for k, x in v.items():
            if not given and k in names[0] and (type(x) is dict or len(v) > 1):
                _walk(x, (*at, ("@", names[0][k])), out, names, depth - 1, limit)
            if not is_data(k):
                _walk(x, (*at, k), out, names, depth - 1, limit)
    elif type(v) is list:
        out[(*at, "#")] = len(v)
        if v and type(v[0]) is dict:
            for field, x in v[0].items():
                if is_number(x) and (y := total(v, field)) is not MISSING:
                    out[(*at, ("+", field))] = y
        for i in (-1, 0)[: len(v)]:
            _walk(v[i], (*at, i), out, names, 2 if type(v[i]) is dict else 1, limit)
        if not given:
            _walk_rows(v, at, out, names, limit)
            if names[1]:
                _walk_joined(v, at, out, names, limit)


def _walk_rows(
    rows: list[Value], at: Place, out: dict[Place, Value], names: Names, limit: int
) -> None:
    found = 0
    for row in rows[:ROWS]:
        for field, x in row.items() if type(row) is dict else ():
            name = names[0].get(str(x)) if type(x) in (str, int) else None
            if name is not None and (place := (*at, ("@", name, field))) not in out:
                _walk(row, place, out, names, 2, limit)
                found += 1
        if found > ROW_PLACES:
            return


def _walk_joined(v: Value, at: Place, out: dict[Place, Value], names: Names, limit: int) -> None:
    "The rows that a list of names stands for."
    fields = [None] if type(v) is dict else [*v[0]] if v and type(v[0]) is dict else []
    for place, xs in names[1]:
        for field in fields:
            if type(xs[0]) is not dict or field in xs[0]:
                rows = _named(v, xs, field)
                if rows is not MISSING and len(at) < DEPTH:
                    step = ("@", place) if field is None else ("@", place, field)
                    _walk(rows, (*at, step), out, ({}, ()), 2, limit)


class Const:
    "A value that compares and hashes as JSON."

    __slots__ = ("key", "value")

    def __init__(self, value: Value):
        self.value, self.key = value, key_of(value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Expr:
    """An operator and its parts.

    `const value`, `place p`, `+ - *`, `text` (pieces and values), `table` (a value looked up),
    `dict` (name, value, whether it may be absent), `list`, `append`, `sorted`, `map` (over `i`),
    `next` (one more than the largest), `if` (a test, two values), `calc` (arithmetic in a text),
    `abs` (the distance of two numbers), `fresh` (an id of some form that the backend draws)."""

    op: str
    parts: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return _SHOWN[self.op](self.parts) if self.op in _SHOWN else f"{self.op}{self.parts}"


def const(value: Value) -> Expr:
    "The expression that is always `value`."
    return Expr("const", (Const(value),))


def at(place: Place) -> Expr:
    "The expression that reads a place."
    return Expr("place", (place,))


_SHOWN: dict[str, Callable[[Any], str]] = {
    "const": lambda p: dumps(p[0].value),
    "place": lambda p: place_text(p[0]),
    **{o: lambda p, o=o: f"{p[0]} {o} {p[1]}" for o in ("+", "-", "*")},
    "text": lambda p: " & ".join(dumps(x) if isinstance(x, str) else str(x) for x in p),
    "table": lambda p: f"table of {len(p[1])} by {p[0]}",
    "dict": lambda p: "{" + ", ".join(f"{k}: {x}" for k, x, _ in p) + "}",
    "list": lambda p: "[" + ", ".join(map(str, p)) + "]",
    "append": lambda p: f"{p[0]} + [{p[1]}]",
    "map": lambda p: f"[{p[1]} for i in {place_text(p[0])}]",
    "abs": lambda p: f"|{p[0]} - {p[1]}|",
    "sorted": lambda p: f"sorted({p[0]})",
    "fresh": lambda p: f"a new {p[0]}",
    "next": lambda p: f"1 + max({place_text(p[0])}.{p[1]})",
    "if": lambda p: f"({p[1]} if {p[0]} else {p[2]})",
    "calc": lambda p: f"value of {place_text(p[0])}",
}


def evaluate(e: Expr, env: Env) -> Value:
    "The value of an expression; raises Undefined where it has none here."
    if e.op == "const":
        return e.parts[0].value
    if e.op == "place":
        value = resolve(env, e.parts[0])
        if value is MISSING:
            raise Undefined
        return value
    return _OPERATORS[e.op](e.parts, env)


def gives(e: Expr, env: Env, key: Any) -> bool:
    "Whether an expression has the value with this key."
    try:
        return key_of(evaluate(e, env)) == key
    except Undefined:
        return False


def _arithmetic(f: Callable[[Any, Any], Any]) -> Callable[[Any, Env], Value]:
    def run(parts: Any, env: Env) -> Value:
        x, y = evaluate(parts[0], env), evaluate(parts[1], env)
        if not (is_number(x) and is_number(y)):
            raise Undefined
        return rounded(f(x, y))

    return run


def _text(parts: Any, env: Env) -> str:
    out = []
    for p in parts:
        v = p if isinstance(p, str) else evaluate(p, env)
        if type(v) is not str and not is_number(v):
            raise Undefined
        out.append(str(v))
    return "".join(out)


def _table(parts: Any, env: Env) -> Value:
    key = key_of(evaluate(parts[0], env))
    for k, v in parts[1]:
        if k == key:
            return v.value
    raise Undefined


def _object(parts: Any, env: Env) -> Value:
    out = {}
    for k, x, optional in parts:
        try:
            out[k] = evaluate(x, env)
        except Undefined:
            if not optional:
                raise
    return out


def _rows(env: Env, place: Place) -> list[Value]:
    rows = resolve(env, place)
    if type(rows) is not list:
        raise Undefined
    return rows


def _numbers(parts: Any, env: Env) -> list[Value]:
    out = [r.get(parts[1]) if type(r) is dict else r for r in _rows(env, parts[0])]
    if not out or not all(map(is_number, out)):
        raise Undefined
    return out


def _append(parts: Any, env: Env) -> list[Value]:
    rows = evaluate(parts[0], env)
    if type(rows) is not list:
        raise Undefined
    return [*rows, evaluate(parts[1], env)]


def _sorted(parts: Any, env: Env) -> list[Value]:
    rows = evaluate(parts[0], env)
    if type(rows) is not list or len({type(x) for x in rows} - {int, float}) > 1:
        raise Undefined
    return sorted(rows, key=str) if any(type(x) is dict for x in rows) else sorted(rows)


def made_up(form: str, seed: str) -> str:
    """A text of the form of `form`, its digits and letters drawn anew by `seed`; separators, and
    words before the first digit, stay."""
    rng = random.Random(seed)
    start = next((i for i, ch in enumerate(form) if ch.isdigit()), 0)

    def draw(ch: str) -> str:
        if ch.isdigit():
            return rng.choice("123456789")
        letters = "abcdef" if ch.islower() else "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return rng.choice(letters) if ch.isalpha() else ch

    return form[:start] + "".join(map(draw, form[start:]))


SEED = ("seed",)
"The root under which a session's seed stands."


def _seed(env: Env) -> str:
    return f"{env.get(SEED, 0)} {key_of(env.get('a'))!r} {key_of(env.get('n'))!r}"


def _calculated(parts: Any, env: Env) -> float:
    text = resolve(env, parts[0])
    try:
        return round(float(arithmetic(text if type(text) is str else "")), 2)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise Undefined from None


_OPERATORS: dict[str, Callable[[Any, Env], Value]] = {
    "+": _arithmetic(lambda x, y: x + y),
    "-": _arithmetic(lambda x, y: x - y),
    "*": _arithmetic(lambda x, y: x * y),
    "abs": _arithmetic(lambda x, y: abs(x - y)),
    "text": _text,
    "table": _table,
    "dict": _object,
    "list": lambda parts, env: [evaluate(x, env) for x in parts],
    "append": _append,
    "map": lambda p, env: [evaluate(p[1], {**env, "i": r}) for r in _rows(env, p[0])],
    "sorted": _sorted,
    "fresh": lambda p, env: made_up(p[0], _seed(env)),
    "next": lambda parts, env: max(_numbers(parts, env)) + 1,
    "if": lambda p, env: evaluate(p[1] if p[0](env) else p[2], env),
    "calc": _calculated,
}


class Case:
    """One example: an environment and all its places, by value. A case with one root more shares
    what it has with the one that it extends."""

    __slots__ = ("_by_key", "_keys", "_places", "_small", "cache", "env", "own", "parent")

    def __init__(self, env: Env, limit: int = 120):
        self.env, self.cache, self.parent = env, {}, None
        self.own = flatten(env, list(env), limit)
        self._by_key = self._keys = self._small = self._places = None

    @property
    def places(self) -> dict[Place, Value]:
        "Every place with its value."
        if self.parent is None:
            return self.own
        if self._places is None:
            self._places = {**self.parent.places, **self.own}
        return self._places

    @property
    def keys(self) -> dict[Place, Any]:
        "The key of the value of every place."
        if self._keys is None:
            own = {p: key_of(v) for p, v in self.own.items()}
            self._keys = own if self.parent is None else {**self.parent.keys, **own}
        return self._keys

    def holding(self, key: Any) -> list[Place]:
        "The places that hold the value with this key."
        if self._by_key is None:
            self._by_key = {}
            for p, v in self.own.items():
                self._by_key.setdefault(key_of(v), []).append(p)
        found = self._by_key.get(key, [])
        return found if self.parent is None else self.parent.holding(key) + found

    @property
    def small(self) -> list[tuple[Place, Any]]:
        "Short places with a simple value, which a table may be looked up by."
        if self._small is None:
            self._small = [(p, key_of(v)) for p, v in self.own.items() if _looks_up(p, v)]
        return self._small if self.parent is None else self.parent.small + self._small

    def having(self, root: Any, value: Value) -> Case:
        "The case with one root more."
        other = Case.__new__(Case)
        other.env, other.cache, other.parent = {**self.env, root: value}, {}, self
        other.own = flatten(other.env, [root])
        other._by_key = other._keys = other._small = other._places = None
        return other


LONGEST_NAME = 60


def _looks_up(p: Place, v: Value) -> bool:
    simple = type(v) in (int, bool) or (type(v) is str and len(v) < LONGEST_NAME)
    near = p[0] in ("a", "i", "n", "s", "h", "v") or (type(p[0]) is tuple and len(p) <= 3)
    return simple and near and len(p) > 1 and p[-1] != "#" and type(p[-1]) is str

