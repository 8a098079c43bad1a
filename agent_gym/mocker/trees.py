from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_gym.mocker.expressions import (
    LONGEST_NAME,
    MISSING,
    Case,
    Env,
    Place,
    Value,
    is_data,
    is_number,
    key_of,
    place_cost,
    place_text,
    resolve,
)


@dataclass(frozen=True)
class Test:
    """A test of one place, or of two: `has`, `type`, `eq` and `lt` a constant; `same`, `in`, `le`
    and `gt` another place."""

    op: str
    parts: tuple[Any, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        "The one or two places that are looked at."
        return self.parts if self.op in ("same", "in", "le", "gt") else self.parts[:1]

    def __call__(self, env: Env) -> bool:
        x, op = resolve(env, self.parts[0]), self.op
        if op == "has" or x is MISSING:
            return op == "has" and x is not MISSING
        if op == "eq":
            return key_of(x) == self.parts[1]
        if op == "type":
            return type(x).__name__ == self.parts[1]
        if op == "lt":
            return is_number(x) and x < self.parts[1]
        y = resolve(env, self.parts[1])
        if y is MISSING:
            return False
        if op == "same":
            return key_of(x) == key_of(y)
        if op == "in":
            return member(x, y)
        return is_number(x) and is_number(y) and (x <= y if op == "le" else x > y)

    def __str__(self) -> str:
        x = place_text(self.parts[0])
        if self.op == "has":
            return f"{x} is there"
        y = self.parts[1]
        y = place_text(y) if len(self.places) > 1 else y[-1] if type(y) is tuple else y
        words = {
            "eq": "=",
            "same": "=",
            "in": "is in",
            "le": "<=",
            "gt": ">",
            "lt": "<",
            "type": "is a",
        }
        return f"{x} {words[self.op]} {y}"


LONGEST_LIST = 200


def member(x: Value, group: Value) -> bool:
    "Whether `x` is a key of an object, an element of a list, or a value in one of its rows."
    if type(group) is dict:
        return type(x) in (str, int) and str(x) in group
    if type(group) is not list:
        return False
    key = key_of(x)
    return any(
        any(type(v) is type(x) and v == x for v in r.values())
        if type(r) is dict
        else key_of(r) == key
        for r in group[:LONGEST_LIST]
    )


@dataclass(frozen=True)
class TreeSettings:
    "How tests are counted and when a split is worth its length."

    cuts: int = 8  # thresholds tried for each number
    named: int = 12  # computed numbers, sums, and numbers in named rows that are compared
    numbers: int = 60  # numbers that one is compared with
    containers: int = 40  # lists and objects tried for membership, per example
    per_feature: float = 0.6  # share of log2(number of tests) that a split has to pay
    penalty: float = 2.0  # bits a split has to gain beyond that
    depth: int = 7
    name: float = 6.0  # bits that it costs to say that one thing of many is meant
    op_costs: Mapping[str, float] | None = None


SETTINGS = TreeSettings(
    op_costs={"has": 0, "eq": 0.3, "type": 0.3, "same": 0.5, "in": 0.5, "le": 1, "gt": 1, "lt": 1.5}
)
Feature = tuple[int, float, tuple[Any, ...]]


def features(cases: Sequence[Case]) -> list[Feature]:
    "(mask, cost, test) of every test that tells some of the cases from others."
    everywhere = (1 << len(cases)) - 1
    masks: dict[tuple[Any, ...], int] = defaultdict(int)
    numbers: dict[Place, list[tuple[Any, int]]] = defaultdict(list)
    for i, case in enumerate(cases):
        _add_case(case, 1 << i, masks, numbers)
    for place, rows in numbers.items():
        values = sorted({v for v, _ in rows})
        n, parts = len(values), SETTINGS.cuts + 1
        for j in sorted({n * q // parts for q in range(1, parts)} | {1, n - 1}) if n > 2 else ():
            masks["lt", place, values[j]] = sum(b for v, b in rows if v < values[j])
    best: dict[int, tuple[float, tuple[Any, ...]]] = {}
    for test, mask in masks.items():
        if mask and mask != everywhere:
            cost = _cost(test)
            if mask not in best or cost < best[mask][0]:
                best[mask] = cost, test
    return [(mask, cost, test) for mask, (cost, test) in best.items()]


def _cost(test: tuple[Any, ...]) -> float:
    places = [test[1], *([test[2]] if test[0] in ("same", "in", "le", "gt") else [])]
    text = len(str(test[2])) / 10 if test[0] == "eq" else 0
    text += SETTINGS.name * (test[0] == "eq" and type(test[2]) is str and is_data(test[2]))
    assert SETTINGS.op_costs is not None
    return sum(map(place_cost, places)) + SETTINGS.op_costs[test[0]] + text


def _add_case(
    case: Case,
    bit: int,
    masks: dict[tuple[Any, ...], int],
    numbers: dict[Place, list[tuple[Any, int]]],
) -> None:
    given, groups, nums = [], [], []
    for p, v in case.places.items():
        kind = type(v)
        masks["has", p] |= bit
        if kind is list or kind is dict:
            groups.append((p, v))
        elif kind is not str or len(v) <= LONGEST_NAME:
            masks["eq", p, case.keys[p]] |= bit
        if kind is int or kind is float:
            numbers[p].append((v, bit))
            nums.append((p, v))
        if p[0] in ("a", "b") and len(p) == 2:
            masks["type", p, kind.__name__] |= bit
            if kind in (str, int, float):
                given.append((p, v))
    nums = [(p, v) for p, v in nums if p[0] not in ("n", "h")]
    sums = [(p, v) for p, v in nums if p[0] == "e" or any(type(x) is tuple for x in p[1:])]
    sums = sums[: SETTINGS.named]
    for p, v in sums:
        for q, w in nums[: SETTINGS.numbers]:
            if v > w and p[0] != q[0]:
                masks["gt", p, q] |= bit
    for p, v in given + sums:
        for q in case.holding(case.keys[p]):
            if q != p and q[0] != "n":
                masks["same", p, q] |= bit
        for q, group in groups[: SETTINGS.containers]:
            if q[0] != "a" and member(v, group):
                masks["in", p, q] |= bit
        if is_number(v):
            for q, w in nums[: SETTINGS.numbers]:
                if q != p and v <= w:
                    masks["le", p, q] |= bit


@dataclass(eq=False)
class Tree:
    "A test with two branches, or a leaf; `counts` are the labels of the examples that came here."

    test: Test | None
    yes: Tree | None
    no: Tree | None
    counts: dict[Any, int]

    def leaf(self, env: Env) -> Tree:
        "The leaf that an example comes to."
        tree = self
        while tree.test is not None and tree.yes is not None and tree.no is not None:
            tree = tree.yes if tree.test(env) else tree.no
        return tree

    def __call__(self, env: Env) -> Any:
        return self.leaf(env).label

    @property
    def label(self) -> Any:
        "The commonest label here."
        return max(self.counts, key=lambda k: (self.counts[k], str(k)))

    def paths(self) -> Iterator[tuple[tuple[tuple[Test, bool], ...], Tree]]:
        "Every leaf, with the tests on the way to it and how they come out."
        if self.test is None or self.yes is None or self.no is None:
            yield (), self
            return
        for branch, wanted in ((self.yes, True), (self.no, False)):
            for tests, leaf in branch.paths():
                yield ((self.test, wanted), *tests), leaf

    def size(self) -> int:
        "The number of leaves."
        return 1 if self.yes is None or self.no is None else self.yes.size() + self.no.size()

    def lines(self, pad: str = "") -> list[str]:
        "The tree as indented text."
        if self.test is None or self.yes is None or self.no is None:
            return [f"{pad}{self.label}  {self.counts}"]
        more = pad + "  "
        return [f"{pad}if {self.test}:", *self.yes.lines(more), f"{pad}else:", *self.no.lines(more)]

    def __str__(self) -> str:
        if self.test is None or self.yes is None or self.no is None:
            return str(self.label)
        if {self.yes.label, self.no.label} == {True, False} and self.size() == 2:
            return str(self.test) if self.yes.label is True else f"not ({self.test})"
        return f"({self.yes} if {self.test} else {self.no})"


def _bits(counts: Iterable[int]) -> float:
    counts = [c for c in counts if c]
    n = sum(counts)
    return sum(-c * math.log2(c / n) for c in counts)


def learn_tree(
    cases: Sequence[Case], labels: Sequence[Any], penalty: float = SETTINGS.penalty
) -> Tree:
    "The tree that tells the labels apart, as large as the examples pay for."
    counts = Counter(labels)
    if len(counts) < 2:
        return Tree(None, None, None, dict(counts))
    at = tuple(map(id, cases))
    found = cases[0].cache.get(at)
    if found is None:
        found = cases[0].cache[at] = features(cases)
    masks = {
        k: sum(1 << i for i, label in enumerate(labels) if label == k)
        for k in sorted(counts, key=str)
    }
    price = SETTINGS.per_feature * math.log2(len(found) + 1) + penalty
    return _grow((1 << len(cases)) - 1, found, masks, price, SETTINGS.depth)


def _grow(
    mask: int, found: Sequence[Feature], masks: Mapping[Any, int], price: float, depth: int
) -> Tree:
    here = {k: n for k, m in masks.items() if (n := (m & mask).bit_count())}
    leaf = Tree(None, None, None, here)
    if len(here) < 2 or depth == 0:
        return leaf
    live, counts = [masks[k] & mask for k in here], list(here.values())
    whole, total = _bits(counts), mask.bit_count()
    best, chosen = price, None
    for m, cost, test in found:
        yes = [(m & x).bit_count() for x in live]
        if 0 < sum(yes) < total:
            gain = (
                whole - _bits(yes) - _bits(c - y for c, y in zip(counts, yes, strict=True)) - cost
            )
            if gain > best:
                best, chosen = gain, (m, test)
    if chosen is None:
        return leaf
    m, test = chosen
    yes, no = (_grow(mask & x, found, masks, price, depth - 1) for x in (m, ~m))
    return Tree(Test(test[0], test[1:]), yes, no, here)

