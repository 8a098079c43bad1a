from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agent_gym.mocker.expressions import (
    Case,
    Const,
    Expr,
    Place,
    Value,
    at,
    const,
    gives,
    is_data,
    is_number,
    key_of,
    place_cost,
    rounded,
)
from agent_gym.mocker.trees import learn_tree
from agent_gym.trace import dumps


@dataclass(frozen=True)
class SearchSettings:
    "How much is looked at, and what an example explained is worth."

    bits: float = 3.0  # worth of one example explained
    most: int = 90  # examples looked at
    enough: float = 0.97  # share explained from which nothing more is tried
    tables_below: float = 0.95  # tables are tried where less than this is explained
    halves_from: float = 0.2  # an expression that explains this much may be half of a rule
    halves_examples: int = 5
    entry: float = 1.0  # length of one entry of a table
    part: float = 0.5  # length of a field of an object
    letters: float = 16  # letters of a constant piece of text that make one bit
    fields: int = 40  # objects with more keys are tables
    elements: int = 24  # elements of lists looked at
    by_chance: float = 0.1  # share explained up to which ids are taken to be drawn by the backend
    numbers: int = 25  # numbers tried in pairs, per example
    read_off: int = 7  # examples that sums are read off
    sums: int = 12  # candidates for a number that are counted
    steps: int = 10  # largest constant that is added to a number


SETTINGS = SearchSettings()
Found = tuple[Expr, int, float]
"An expression, the number of examples it explains, its length in bits."


def const_cost(value: Value) -> float:
    "The description length of a constant."
    if value is None or type(value) is bool or value in ("", [], {}):
        return 0.5
    if is_number(value):
        return 1.5 + math.log2(abs(value) + 1) / 3 if abs(value) > 1 else 1.2
    return 2 + len(dumps(value)) / 8


def learn_value(
    cases: Sequence[Case],
    targets: Sequence[Value],
    hint: str | None = None,
    depth: int = 4,
    tables: bool = True,
) -> tuple[Expr | None, int]:
    """The expression that explains the targets best, and how many of them (of at most
    `SETTINGS.most`); `hint` names the field that is explained."""
    n = len(cases)
    if not n:
        return None, 0
    if n > SETTINGS.most:
        picked = [i * n // SETTINGS.most for i in range(SETTINGS.most)]
        cases, targets, n = [cases[i] for i in picked], [targets[i] for i in picked], len(picked)
    keys = [key_of(t) for t in targets]
    best = _simple(cases, targets, keys, hint)
    if best[1] < n:
        best = max([best, *_composed(cases, targets, keys, depth)], key=_score)
        if tables and n >= 3 and best[1] < SETTINGS.tables_below * n:
            best = max([best, *_tables(cases, targets, keys)], key=_score)
    some = SETTINGS.halves_from * n < best[1] < SETTINGS.enough * n
    if depth >= 2 and n >= SETTINGS.halves_examples and some:
        best = max([best, *_halves(best[0], cases, targets, keys, hint, depth)], key=_score)
    if n > 2 and best[1] <= SETTINGS.by_chance * n and _are_made_up(targets):
        return Expr("fresh", (targets[0],)), best[1]
    return best[0], best[1]


def _are_made_up(targets: Sequence[Value]) -> bool:
    "Whether all are different and of one form with digits: numbers that a backend draws."
    texts = {t for t in targets if type(t) is str}
    forms = {re.sub(r"\w", "0", t) for t in texts}
    return len(texts) == len(targets) and len(forms) == 1 and all(map(is_data, texts))


def _score(found: Found) -> float:
    return SETTINGS.bits * found[1] - found[2]


def _simple(
    cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any], hint: str | None
) -> Found:
    "A constant, or one place."
    tally = Counter(keys)
    top, hits = tally.most_common(1)[0]
    value = targets[keys.index(top)]
    best = (const(value), hits, const_cost(value) + (len(tally) > 1))
    seen: Counter[Place] = Counter()
    for case, key in zip(cases, keys, strict=True):
        seen.update(case.holding(key))
    for place, n in seen.items():
        cost = place_cost(place, hint)
        if SETTINGS.bits * n - cost > _score(best):
            best = (at(place), n, cost)
    return best


def count(e: Expr, cases: Sequence[Case], keys: Sequence[Any]) -> int:
    "How many of the examples an expression explains."
    return sum(gives(e, c.env, k) for c, k in zip(cases, keys, strict=True))


def _composed(
    cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any], depth: int
) -> Iterator[Found]:
    kind = Counter(map(type, targets)).most_common(1)[0][0]
    if kind is dict and depth:
        yield from _objects(cases, targets, keys, depth)
    elif kind is list and depth:
        yield from _lists(cases, targets, keys, depth)
    elif kind is str:
        yield from _calculated(cases, keys)
        yield from _texts(cases, targets, keys)
    elif kind in (int, float):
        yield from _calculated(cases, keys)
        yield from _sums(cases, targets, keys)


def _objects(
    cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any], depth: int
) -> Iterator[Found]:
    some = [(c, t) for c, t in zip(cases, targets, strict=True) if type(t) is dict]
    names = Counter(k for _, t in some for k in t)
    if not 0 < len(names) <= SETTINGS.fields:
        return
    parts = []
    for k, n in names.items():
        if n < 0.05 * len(some):
            continue
        sub = [(c, t[k]) for c, t in some if k in t]
        e, _ = learn_value([c for c, _ in sub], [t for _, t in sub], k, depth - 1)
        if e is None:
            return
        parts.append((k, e, n < len(some)))
    e = Expr("dict", tuple(parts))
    yield e, count(e, cases, keys), 2 + SETTINGS.part * len(parts)


def _lists(
    cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any], depth: int
) -> Iterator[Found]:
    lists = [t for t in targets if type(t) is list]
    lengths = {len(t) for t in lists}
    if len(lengths) == 1 and 0 < (n := len(lists[0])) <= 4:
        columns = [[t[i] if type(t) is list else None for t in targets] for i in range(n)]
        parts = [learn_value(cases, column, None, depth - 1)[0] for column in columns]
        if all(p is not None for p in parts):
            e = Expr("list", tuple(parts))
            yield e, count(e, cases, keys), 2 + n
    found = *_mapped(cases, targets, depth), *_appended(cases, targets, depth)
    for e in (*found, *_ordered(cases, targets)):
        yield e, count(e, cases, keys), 3


def _ordered(cases: Sequence[Case], targets: Sequence[Value]) -> Iterator[Expr]:
    "Another list in order."
    seen: Counter[Place] = Counter()
    for c, t in zip(cases, targets, strict=True):
        if type(t) is list and len(t) > 1:
            seen.update(
                p
                for p, v in c.places.items()
                if type(v) is list
                and len(v) == len(t)
                and v != t
                and gives(_in_order(p), c.env, key_of(t))
            )
    if seen:
        yield _in_order(min(seen, key=lambda p: (-seen[p], place_cost(p), str(p))))


def _in_order(place: Place) -> Expr:
    return Expr("sorted", (at(place),))


def _mapped(cases: Sequence[Case], targets: Sequence[Value], depth: int) -> Iterator[Expr]:
    "The elements of another list, each as computed."
    pairs = [(c, t) for c, t in zip(cases, targets, strict=True) if type(t) is list and t]
    seen: Counter[Place] = Counter(
        p
        for c, t in pairs
        for p, v in c.places.items()
        if type(v) is list and len(v) == len(t) and p[0] != "i"
    )
    for place in sorted(seen, key=lambda p: (-seen[p], place_cost(p), str(p)))[:2]:
        sub: list[tuple[Case, Value]] = []
        for c, t in pairs:
            rows = c.places.get(place)
            if type(rows) is list and len(rows) == len(t) and len(sub) < SETTINGS.elements:
                sub += [(c.having("i", x), y) for x, y in zip(rows, t, strict=True)]
        e, _ = learn_value([c for c, _ in sub], [y for _, y in sub], None, min(depth - 1, 2))
        if e is not None:
            yield Expr("map", (place, e))


def _appended(cases: Sequence[Case], targets: Sequence[Value], depth: int) -> Iterator[Expr]:
    "Another list and one element more."
    pairs = [(c, t) for c, t in zip(cases, targets, strict=True) if type(t) is list and t]
    seen: Counter[Place] = Counter()
    for c, t in pairs:
        seen.update(c.holding(key_of(t[:-1])))
    if seen:
        place = min(seen, key=lambda p: (-seen[p], place_cost(p), str(p)))
        sub = [(c, t[-1]) for c, t in pairs if place in c.holding(key_of(t[:-1]))]
        e, _ = learn_value([c for c, _ in sub], [t for _, t in sub], None, depth - 1)
        if e is not None:
            yield Expr("append", (at(place), e))


def _texts(cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any]) -> Iterator[Found]:
    "Constant pieces with values between them; the pieces are read off three examples."
    order = sorted(range(len(targets)), key=lambda i: (len(str(targets[i])), i))
    tried = set()
    for i in (order[len(order) // 2], order[0], order[-1]):
        pieces = _pieces(targets[i], cases[i])
        if pieces is None or pieces in tried:
            continue
        tried.add(pieces)
        form = re.compile("(.*?)".join(map(re.escape, pieces)), re.DOTALL)
        rows = [
            (c, m.groups())
            for c, t in zip(cases, targets, strict=True)
            if type(t) is str and (m := form.fullmatch(t))
        ]
        parts: list[Any] = [pieces[0]]
        for j, piece in enumerate(pieces[1:]):
            parts += [_slot([c for c, _ in rows], [g[j] for _, g in rows]), piece]
        if None not in parts:
            e = Expr("text", tuple(p for p in parts if p != ""))
            letters = sum(map(len, pieces)) / SETTINGS.letters
            yield e, count(e, cases, keys), 2 + letters + len(pieces)


def is_word(text: str, start: int, end: int) -> bool:
    """Whether a piece of text stands by itself: no letter or digit goes on at either end, and no
    decimals."""
    before, after, rest = text[:start][-1:], text[end : end + 1], text[end + 1 : end + 2]
    inside = (before.isalnum() and text[start].isalnum()) or (
        after.isalnum() and text[end - 1].isalnum()
    )
    number = text[start].isdigit() and before == "."
    return not (inside or number or (text[end - 1].isdigit() and after == "." and rest.isdigit()))


def _pieces(text: Value, case: Case) -> tuple[str, ...] | None:
    "What is left of a text between the values of the example that occur in it."
    if type(text) is not str or len(text) > 2000:
        return None
    spans = set()
    v: Value
    for v in case.places.values():
        if (type(v) is str and len(v) > 1) or (is_number(v) and (abs(v) > 1 or type(v) is float)):  # type: ignore
            s, start = str(v), -1
            while (start := text.find(s, start + 1)) >= 0:
                if is_word(text, start, start + len(s)):
                    spans.add((start, start + len(s)))
    taken: list[tuple[int, int]] = []
    for a, b in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
        if all(b <= x or a >= y for x, y in taken):
            taken.append((a, b))
    if not taken or taken == [(0, len(text))]:
        return None
    ends = [0, *(x for span in sorted(taken) for x in span), len(text)]
    return tuple(text[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True))


_NUMBER = re.compile(r"-?\d{1,15}(\.\d+)?")


def _slot(cases: Sequence[Case], texts: Sequence[str]) -> Expr | None:
    seen: Counter[Place] = Counter()
    for c, s in zip(cases, texts, strict=True):
        seen.update(c.holding(s))
        if _NUMBER.fullmatch(s):
            seen.update(p for p in c.holding(key_of(float(s))) if str(c.places[p]) == s)
    text, n = Counter(texts).most_common(1)[0] if texts else ("", 0)
    if not seen or n > max(seen.values()):
        return const(text) if n > 1 else None
    return at(min(seen, key=lambda p: (-seen[p] * SETTINGS.bits + place_cost(p), str(p))))


_SUM = re.compile(r"\d\s*[-+*/]\s*[\d(]|[-+*/]\s*\d")


def _calculated(cases: Sequence[Case], keys: Sequence[Any]) -> Iterator[Found]:
    "The value of a text that is arithmetic."
    for place, v in cases[0].places.items():
        if type(v) is str and place[0] == "a" and _SUM.search(v):
            e = Expr("calc", (place,))
            yield e, count(e, cases, keys), 3


def _sums(cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any]) -> Iterator[Found]:
    """Sums, differences and products of two numbers, sums and next numbers of rows; read off four
    examples."""
    usual = Counter(keys).most_common(1)[0][0]
    rows = [
        (c, t) for c, t, k in zip(cases, targets, keys, strict=True) if is_number(t) and k != usual
    ]
    seen: Counter[Expr] = Counter()
    for c, t in rows[:: max(1, len(rows) // SETTINGS.read_off)][: SETTINGS.read_off]:
        seen.update(_pairs(c, t))
        seen.update(_columns(c, t))
    for e, _ in seen.most_common(SETTINGS.sums):
        cost = 2 + sum(
            place_cost(p.parts[0]) if isinstance(p, Expr) and p.op == "place" else 1
            for p in e.parts
        )
        yield e, count(e, cases, keys), cost


def _pairs(case: Case, target: Value) -> Iterator[Expr]:
    def near(value: Value) -> bool:
        return abs(value - target) < 0.006

    whole = target == int(target)
    nums = [
        (p, v)
        for p, v in case.places.items()
        if is_number(v) and (whole or (p[-1] != "#" and p[0] != "n"))
    ]
    nums = sorted(nums, key=lambda x: (place_cost(x[0]), str(x[0])))[: SETTINGS.numbers]
    for i, (p, v) in enumerate(nums):
        if v and near(-v):
            yield Expr("-", (const(0), at(p)))
        step = rounded(target - v)
        if step == int(step) and (0 < abs(step) <= SETTINGS.steps or p[0] == "n"):
            yield Expr("+", (at(p), const(int(step))))
        if v and abs(v) < abs(target) and (times := target / v) == int(times):
            yield Expr("*", (at(p), const(int(times))))
        for q, w in nums[i + 1 :] if p[0] != "n" else ():
            if q[0] == "n":
                continue
            if near(v + w):
                yield Expr("+", (at(p), at(q)))
            if near(v - w):
                yield Expr("-", (at(p), at(q)))
            if near(w - v):
                yield Expr("-", (at(q), at(p)))
            if near(abs(v - w)):
                yield Expr("abs", (at(p), at(q)))
            if near(v * w):
                yield Expr("*", (at(p), at(q)))


def _columns(case: Case, target: Value) -> Iterator[Expr]:
    for place, rows in case.places.items():
        if type(rows) is list and rows:
            for field in rows[0] if type(rows[0]) is dict else [None]:
                xs: list[Any] = [r.get(field) if type(r) is dict else r for r in rows]
                if all(map(is_number, xs)) and max(xs) + 1 == target:
                    yield Expr("next", (place, field))


def _tables(
    cases: Sequence[Case], targets: Sequence[Value], keys: Sequence[Any]
) -> Iterator[Found]:
    "A value looked up by another: each entry counts from its second sighting."
    tables: dict[Place, dict[Any, Counter[Any]]] = defaultdict(lambda: defaultdict(Counter))
    here: Counter[Place] = Counter()
    for case, key in zip(cases, keys, strict=True):
        for place, x in case.small:
            tables[place][x][key] += 1
            here[place] += 1
    values = dict(zip(keys, targets, strict=True))
    found = []
    for place, table in tables.items():
        if here[place] >= len(cases) / 2 and len(table) > 1:
            hits = sum(max(t.values()) - 1 for t in table.values())
            found.append((place, table, hits, 3 + SETTINGS.entry * len(table) + place_cost(place)))
    found.sort(key=lambda f: (f[3] - SETTINGS.bits * f[2], str(f[0])))
    for place, table, hits, cost in found[:2]:
        tops = ((x, max(t, key=lambda k: (t[k], str(k)))) for x, t in table.items())
        yield Expr("table", (at(place), tuple((x, Const(values[k])) for x, k in tops))), hits, cost


def _halves(
    first: Expr,
    cases: Sequence[Case],
    targets: Sequence[Value],
    keys: Sequence[Any],
    hint: str | None,
    depth: int,
) -> Iterator[Found]:
    "One expression where a test holds, another where it does not."
    hit = [gives(first, c.env, k) for c, k in zip(cases, keys, strict=True)]
    rest = [i for i, h in enumerate(hit) if not h]
    if len(rest) < 2 or len(rest) > len(hit) - 2:
        return
    left, some = [targets[i] for i in rest], [cases[i] for i in rest]
    second, n = learn_value(some, left, hint, min(depth, 1) if len(rest) < 8 else depth, False)
    if second is None or n < len(rest) / 2:
        return
    both = [i for i, h in enumerate(hit) if h or gives(second, cases[i].env, keys[i])]
    tree = learn_tree([cases[i] for i in both], [hit[i] for i in both])
    if tree.test is not None:
        e = Expr("if", (tree, first, second))
        yield e, count(e, cases, keys), 4 * tree.size()

