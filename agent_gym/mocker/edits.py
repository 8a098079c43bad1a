from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent_gym.mocker.expressions import (
    is_data,
    EACH,
    GIVEN,
    MISSING,
    Case,
    Env,
    Expr,
    Place,
    Undefined,
    Value,
    at,
    evaluate,
    key_of,
    place_cost,
    place_text,
    resolve,
)
from agent_gym.mocker.synthesis import SETTINGS, learn_value
from agent_gym.mocker.trees import Tree, learn_tree


@dataclass(frozen=True)
class Edit:
    """What becomes of a value: `keep`, `set` (expression, whether it may be absent), `delete`,
    `fields` ((step, edit), ...), `extend` (list, tree that says when the first rows fall out),
    `prepend`,
    `pop` (position), `remove` (value, field) and `row` (value or list of values, field, edit of
    that row, lists that go with the values). `guard`
    says when."""

    op: str
    parts: tuple[Any, ...] = ()
    guard: Tree | None = None

    def __str__(self) -> str:
        said = "; ".join(self.lines("it"))
        return f"{said} when {self.guard}" if self.guard else said

    def lines(self, name: str) -> list[str]:
        "The edit of what is called `name`, one line for each change."
        p = self.parts
        if self.op == "fields":
            out = []
            for step, edit in p:
                k = f"[{place_text(step[1])}]" if type(step) is tuple else f".{step}"
                found = edit.lines(name + k)
                out += [f"{x} when {edit.guard}" for x in found] if edit.guard else found
            return out
        if self.op == "row":
            return p[2].lines(f"{name}[{p[1]} = {p[0]}]")
        words = {
            "keep": list,
            "set": lambda: [f"{name} := {p[0]}"],
            "delete": lambda: [f"{name} is deleted"],
            "extend": lambda: [f"{name} += {p[0]}"],
            "prepend": lambda: [f"{name} := [{p[0]}] + {name}"],
            "pop": lambda: [f"{name} loses its {'last' if p[0] else 'first'}"],
            "remove": lambda: [f"{name} loses {f'{p[1]} = ' if p[1] else ''}{p[0]}"],
        }
        return words[self.op]()


def edited(edit: Edit, value: Value, env: Env) -> Value:
    """The value after the edit, MISSING where it is gone; nothing is changed in place. Raises
    Undefined where it cannot be told."""
    if edit.op == "keep":
        return value
    here = env if value is MISSING else {**env, "v": value}
    if edit.guard is not None and not edit.guard(here):
        return value
    return _EDITS[edit.op](edit.parts, value, here)


def _set(parts: Any, value: Value, env: Env) -> Value:
    try:
        return evaluate(parts[0], env)
    except Undefined:
        if parts[1] or value is MISSING:  # what is not there, or not given, changes nothing
            return value
        raise


def _fields(parts: Any, value: Value, env: Env) -> Value:
    if type(value) not in (dict, type(MISSING)):
        raise Undefined
    out = {} if value is MISSING else dict(value)
    for step, edit in parts:
        k = resolve(env, step[1]) if type(step) is tuple else step
        if type(k) not in (str, int):
            continue
        after = edited(edit, out.get(str(k), MISSING), env)
        if after is MISSING:
            out.pop(str(k), None)
        else:
            out[str(k)] = after
    return out


def _rows(value: Value) -> list[Value]:
    if value is MISSING:
        return []
    if type(value) is not list:
        raise Undefined
    return value


def _extend(parts: Any, value: Value, env: Env) -> Value:
    more = evaluate(parts[0], env)
    out = [*_rows(value), *_rows(more)]
    return out[len(more) :] if parts[1] is not None and parts[1](env) else out


def _remove(parts: Any, value: Value, env: Env) -> Value:
    rows = _rows(value)
    i = _position(rows, parts[1], evaluate(parts[0], env))
    return rows if i is None else rows[:i] + rows[i + 1 :]


def _change_rows(parts: Any, value: Value, env: Env) -> Value:
    rows, names = list(_rows(value)), evaluate(parts[0], env)
    each = {p: resolve(env, p) for p in parts[3]} if type(names) is list else {}
    for j, name in enumerate(names if type(names) is list else [names]):
        i = _position(rows, parts[1], name)
        if i is not None:
            beside = {(EACH, p): x[j] for p, x in each.items() if type(x) is list and j < len(x)}
            rows[i] = edited(parts[2], rows[i], {**env, **beside})
    return rows


_EDITS: dict[str, Callable[[Any, Value, Env], Value]] = {
    "set": _set,
    "delete": lambda parts, value, env: MISSING,
    "fields": _fields,
    "extend": _extend,
    "prepend": lambda parts, value, env: [evaluate(parts[0], env), *_rows(value)],
    "pop": lambda parts, value, env: _rows(value)[:-1] if parts[0] else _rows(value)[1:],
    "remove": _remove,
    "row": _change_rows,
}


def state_key(value: Value) -> Any:
    "The key of a value, MISSING included."
    return ("missing",) if value is MISSING else key_of(value)


def outcome(edit: Edit, value: Value, env: Env) -> Any:
    "The key of the value after the edit, or that of nothing where it cannot be told."
    try:
        return state_key(edited(edit, value, env))
    except Undefined:
        return ("undefined",)


def learn_edit(
    cases: Sequence[Case],
    before: Sequence[Value],
    after: Sequence[Value],
    hint: str | None = None,
    depth: int = 6,
) -> Edit:
    "The edit that turns the values before into those after."
    changed = [i for i in range(len(cases)) if state_key(before[i]) != state_key(after[i])]
    if not changed:
        return Edit("keep")
    old, new = [before[i] for i in changed], [after[i] for i in changed]
    if all(type(x) is dict for x in (*old, *new)) and depth:
        whole = _whole([cases[i] for i in changed], new)
        if whole is None:
            return _learn_fields(cases, before, after, changed, depth)
    edit = _of_changed([cases[i] for i in changed], old, new, hint, depth)
    if edit.op == "set":
        edit = replace(edit, parts=(edit.parts[0], len(changed) < len(cases)))
    return _guarded(edit, cases, before, after)


def _of_changed(
    cases: Sequence[Case], old: Sequence[Value], new: Sequence[Value], hint: str | None, depth: int
) -> Edit:
    whole = _whole(cases, new)
    if whole is not None:
        return Edit("set", (at(whole), False))
    if sum(x is MISSING for x in new) > len(new) / 2:
        return Edit("delete")
    lists = all(type(x) is list for x in new) and any(type(x) is list for x in old)
    if lists and depth and all(type(x) is list or x is MISSING for x in old):
        return _learn_list(cases, [_rows(x) for x in old], new, depth)
    within = [c if x is MISSING else c.having("v", x) for c, x in zip(cases, old, strict=True)]
    return Edit("set", (learn_value(within, new, hint)[0], False))


def _whole(cases: Sequence[Case], new: Sequence[Value]) -> Place | None:
    "The place that holds the whole object or list that comes after, nearly always."
    if not new or type(new[0]) not in (dict, list) or not new[0]:
        return None
    seen: Counter[Place] = Counter()
    for c, x in zip(cases, new, strict=True):
        seen.update(c.holding(state_key(x)))
    sure = [p for p, n in seen.items() if n >= 0.9 * len(new)]
    return min(sure, key=lambda p: (place_cost(p), str(p)), default=None)


def _guarded(
    edit: Edit, cases: Sequence[Case], before: Sequence[Value], after: Sequence[Value]
) -> Edit:
    "The edit with a tree that says when, where it would change what was not changed."
    moved = [state_key(b) != state_key(a) for b, a in zip(before, after, strict=True)]
    wrong = {
        i
        for i, c in enumerate(cases)
        if not moved[i] and outcome(edit, before[i], c.env) != state_key(after[i])
    }
    if not wrong:
        return edit
    told = [i for i in range(len(cases)) if moved[i] or i in wrong]
    within = [cases[i] if before[i] is MISSING else cases[i].having("v", before[i]) for i in told]
    tree = learn_tree(within, [moved[i] for i in told])
    return replace(edit, guard=tree) if tree.test is not None or not tree.label else edit


MOST_FIELDS = 30


def _learn_fields(
    cases: Sequence[Case],
    before: Sequence[Value],
    after: Sequence[Value],
    changed: Sequence[int],
    depth: int,
) -> Edit:
    out = []
    for step in _steps(cases, before, after, changed):
        rows = []
        for c, b, a in zip(cases, before, after, strict=True):
            k = c.places.get(step[1], MISSING) if type(step) is tuple else step
            if type(k) in (str, int) and type(b) is dict and type(a) is dict:
                pair = b.get(str(k), MISSING), a.get(str(k), MISSING)
                if type(step) is tuple or pair != (MISSING, MISSING):
                    rows.append((c, *pair))
        hint = step if type(step) is str else None
        some, old, new = ([r[i] for r in rows] for i in range(3))
        out.append((step, learn_edit(some, old, new, hint, depth - 1)))
    return Edit("fields", tuple(out))


def _steps(
    cases: Sequence[Case], before: Sequence[Value], after: Sequence[Value], changed: Sequence[int]
) -> list[Any]:
    "As few fields and named keys as cover all that changed."
    pairs = [
        (i, k)
        for i in changed
        for k in dict.fromkeys([*before[i], *after[i]])
        if state_key(before[i].get(k, MISSING)) != state_key(after[i].get(k, MISSING))
    ]
    covers: dict[Any, set[int]] = defaultdict(set)
    for j, (i, k) in enumerate(pairs):
        if not is_data(k):
            covers[k].add(j)
        places = list(cases[i].holding(k))
        if re.fullmatch(r"\d{1,15}", k):
            places += cases[i].holding(key_of(int(k)))
        for p in places:
            if p[0] in ("a", "r", "i") or len(p) == 2:
                covers["@", p].add(j)
    left, chosen = set(range(len(pairs))), []

    def worth(step: Any) -> tuple[float, str]:
        cost = 0.5 * place_cost(step[1]) if type(step) is tuple else 0.3
        return len(covers[step] & left) - cost, str(step)

    while left and covers and len(chosen) < MOST_FIELDS:
        step = max(covers, key=worth)
        if not covers[step] & left:
            break
        chosen.append(step)
        left -= covers[step]
    return chosen


def _learn_list(
    cases: Sequence[Case], old: Sequence[list[Value]], new: Sequence[list[Value]], depth: int
) -> Edit:
    kinds = [_kind(b, a) for b, a in zip(old, new, strict=True)]
    kind = Counter(kinds).most_common(1)[0][0]
    if kind == "shift" and "extend" in kinds:
        kind = "extend"
    rows = [i for i, k in enumerate(kinds) if k == kind]
    some = [cases[i].having("v", old[i]) for i in rows]
    if kind == "prepend":
        return Edit("prepend", (learn_value(some, [new[i][0] for i in rows])[0],))
    if kind in ("extend", "shift"):
        more = [new[i][len(old[i]) :] if kind == "extend" else new[i][-1:] for i in rows]
        both = [i for i, k in enumerate(kinds) if k in ("extend", "shift")]
        falls = learn_tree(
            [cases[i].having("v", old[i]) for i in both], [kinds[i] == "shift" for i in both], 0
        )
        return Edit("extend", (learn_value(some, more)[0], falls if "shift" in kinds else None))
    at_row = [_first_difference(old[i], new[i]) for i in rows]
    touched = [old[i][j] for i, j in zip(rows, at_row, strict=True) if j < len(old[i])]
    if kind == "remove":
        return _learn_removal(
            some, touched, [j - len(old[i]) for i, j in zip(rows, at_row, strict=True)]
        )
    if kind == "row":
        edit = _learn_rows(some, [old[i] for i in rows], [new[i] for i in rows], depth)
        if edit is not None:
            return edit
    return Edit("set", (learn_value(some, [new[i] for i in rows])[0], False))


def _kind(old: list[Value], new: list[Value]) -> str:
    b, a = [key_of(x) for x in old], [key_of(x) for x in new]
    if len(a) > len(b) and a[: len(b)] == b:
        return "extend"
    if a[1:] == b:
        return "prepend"
    rows = len(a) == len(b) and all(type(x) is dict for x in (*old, *new))
    if len(a) == len(b) > rows and a[:-1] == b[1:]:
        return "shift"
    i = _first_difference(old, new)
    if len(a) == len(b) - 1 and a[i:] == b[i + 1 :]:
        return "remove"
    return "row" if rows else "set"


def _first_difference(old: list[Value], new: list[Value]) -> int:
    same = (key_of(x) == key_of(y) for x, y in zip(old, new, strict=False))
    return next((i for i, s in enumerate(same) if not s), min(len(old), len(new)))


def _learn_removal(cases: Sequence[Case], gone: Sequence[Value], ends: Sequence[int]) -> Edit:
    if all(type(x) is dict for x in gone):
        named = _names_row(cases, gone)
        if named is not None:
            return Edit("remove", (at(named[1]), named[0]))
        return Edit("pop", (int(ends[0] == -1),))
    e, _ = learn_value(cases, gone, tables=False)
    if e is not None and e.op == "place" and e.parts[0][0] != "v":
        return Edit("remove", (e, None))
    if all(j == -1 for j in ends):
        return Edit("pop", (1,))
    return Edit("remove", (e, None))


def _names_row(cases: Sequence[Case], rows: Sequence[Value]) -> tuple[str, Place] | None:
    "(field, place): the field of the row that equals a place of the example."
    seen: Counter[tuple[str, Place]] = Counter()
    for c, r in zip(cases, rows, strict=True):
        for field, x in r.items() if type(r) is dict else ():
            if type(x) in (str, int):
                seen.update((field, p) for p in c.holding(key_of(x)) if p[0] != "v")
    if not seen:
        return None
    return min(seen, key=lambda s: (-seen[s] * SETTINGS.bits + place_cost(s[1]), str(s)))


def _learn_rows(
    cases: Sequence[Case], old: Sequence[list[Value]], new: Sequence[list[Value]], depth: int
) -> Edit | None:
    "The edit of the rows that an argument, or each of a list of arguments, names."
    changed = [
        [j for j, (b, a) in enumerate(zip(o, n, strict=True)) if key_of(b) != key_of(a)]
        for o, n in zip(old, new, strict=True)
    ]
    seen: Counter[tuple[str, Place]] = Counter()
    for c, o, js in zip(cases, old, changed, strict=True):
        seen.update(_names_rows(c, o, js))
    if not seen:
        return None
    field, place = min(seen, key=lambda s: (-seen[s] * SETTINGS.bits + place_cost(s[1]), str(s)))
    beside = _lists_beside(cases, place)
    within, before, after = [], [], []
    for c, o, n in zip(cases, old, new, strict=True):
        names = c.places.get(place, MISSING)
        for j, x in enumerate(names if type(names) is list else [names]):
            i = _position(o, field, x)
            if i is not None:
                case = c if type(names) is not list else _having_each(c, beside, j)
                within.append(case)
                before.append(o[i])
                after.append(n[i])
    inner = learn_edit(within, before, after, None, depth - 1)
    return Edit("row", (at(place), field, inner, beside))


def _names_rows(case: Case, rows: list[Value], changed: Sequence[int]) -> set[tuple[str, Place]]:
    "(field, place) where the changed rows are among those that the place names by the field."
    out: set[tuple[str, Place]] = set()
    for field, x in rows[changed[0]].items():
        if type(x) not in (str, int):
            continue
        if len(changed) == 1:
            out |= {(field, p) for p in case.holding(key_of(x)) if p[0] != "v"}
        touched = {key_of(rows[j].get(field)) for j in changed}
        known = {key_of(r.get(field)) for r in rows}
        for p, v in case.places.items():
            if p[0] in GIVEN and type(v) is list and touched <= {key_of(y) for y in v} <= known:
                out.add((field, p))
    return out


def _lists_beside(cases: Sequence[Case], place: Place) -> tuple[Place, ...]:
    "The places that always hold a list as long as that at `place`."
    shared: set[Place] | None = None
    for c in cases:
        names = c.places.get(place, MISSING)
        if type(names) is list:
            like = {p for p, v in c.places.items() if type(v) is list and len(v) == len(names)}
            shared = like if shared is None else shared & like
    return tuple(sorted(shared or (), key=lambda p: (place_cost(p), str(p)))[:BESIDE])


BESIDE = 6


def _having_each(case: Case, beside: Sequence[Place], j: int) -> Case:
    for p in beside:
        case = case.having((EACH, p), case.places[p][j])
    return case


def _position(rows: list[Value], field: str | None, name: Value) -> int | None:
    key = key_of(name)
    for i, r in enumerate(rows):
        if key_of(r.get(field) if field is not None and type(r) is dict else r) == key:
            return i
    return None

