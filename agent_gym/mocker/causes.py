from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from agent_gym.mocker.documents import (
    Link,
    Logged,
    Shows,
    State,
    StateModel,
    environment,
    folded,
    shown_document,
    walk_down,
)
from agent_gym.mocker.expressions import is_data, Expr, Place, Value, at, key_of

Conversations = Sequence[Sequence[Logged]]


@dataclass(frozen=True)
class CauseSettings:
    "Priors and thresholds for what counts as an action."

    reads: float = 0.01  # prior that a tool called like a reader changes what is shown
    others: float = 0.1  # prior of any other tool
    unrelated: float = 0.3  # times that, where it speaks of nothing that the reader asks for
    writes: float = 1.5  # times that, for what is known as a write
    pure: float = 0.3  # times that, for what is known to compute
    weight: float = 2.0  # calls that the prior counts as
    rounds: int = 25
    sure: float = 0.08  # least chance to change, of a tool that is not called like a reader
    sure_reader: float = 0.4
    moves: float = 1.2  # changes it has to explain
    moves_reader: float = 3.0
    tested: int = (
        10  # answers with it in between, from which on a tool that explains no change is no action
    )
    often: float = 0.02  # share of the answers with it in between that it changes, at least
    repeats: int = 3  # a first answer is compared with others from this many conversations on


SETTINGS = CauseSettings()
_READS = re.compile(
    r"(?:^|[\W_])(get|list|view|search|find|show|read|check|lookup|look|fetch|query|describe|display|count|calculate|is|has)(?:$|[\W_])",
    re.I,
)


def reads_by_name(tool: str) -> bool:
    "Whether a tool is called as readers are."
    return _READS.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tool)) is not None


def _cause(call: Logged, asked: Logged) -> tuple[str, bool]:
    "An earlier call as a cause: its tool, and whether it speaks of what is asked for."
    if not asked.arguments or not call.arguments:
        return call.name, True
    return call.name, not (call.asks.isdisjoint(asked.asks) and call.asks.isdisjoint(asked.shows))


Events = dict[str, dict[frozenset[tuple[str, bool]], list[int]]]


def _events(conversations: Conversations, readers: Collection[str] = ()) -> Events:
    """By view, for each set of causes in between: how often the answer to the same call was
    another, and the same."""
    out: Events = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    first: dict[Any, list[tuple[Any, frozenset[tuple[str, bool]]]]] = defaultdict(list)
    for conversation in conversations:
        seen: dict[Any, tuple[int, Any]] = {}
        for i, c in enumerate(conversation):
            call, value = c.call, c.answer
            start = seen[call][0] if call in seen else 0
            reads = c.name in readers
            causes = frozenset(
                _cause(x, c)
                for x in conversation[start:i]
                if not x.is_error and x.call != c.call and not (reads and x.name == c.name)
            )
            if call not in seen:
                first[call].append((value, causes))
            elif causes:
                out[c.name][causes][value == seen[call][1]] += 1
            seen[call] = i, value
    for call, rows in first.items():
        if len(rows) >= SETTINGS.repeats:
            clean = Counter(v for v, causes in rows if not causes) or Counter(v for v, _ in rows)
            usual = clean.most_common(1)[0][0]
            for value, causes in rows:
                if causes:
                    out[call[0]][causes][value == usual] += 1
    return out


def _prior(cause: tuple[str, bool], kinds: Mapping[str, str], readers: Collection[str]) -> float:
    tool, related = cause
    out = SETTINGS.reads if tool in readers else SETTINGS.others
    out *= {"write": SETTINGS.writes, "pure": SETTINGS.pure}.get(kinds.get(tool, ""), 1.0)
    return out if related else out * SETTINGS.unrelated


def find_actions(
    conversations: Conversations,
    kinds: Mapping[str, str],
    declared: Mapping[str, str] | None = None,
) -> frozenset[str]:
    """The tools that change what others show; `kinds` is what is believed of them so far,
    `declared` what a user says."""
    declared = declared or {}
    moves: dict[str, float] = defaultdict(float)
    tested: Counter[str] = Counter()
    names = sorted({c.name for conversation in conversations for c in conversation})
    readers = {t for t in names if reads_by_name(t) or kinds.get(t) == "search"}
    for sets in _events(conversations, readers).values():
        prior = {c: _prior(c, kinds, readers) for c in sorted({c for s in sets for c in s})}
        chance, explained = dict(prior), {}
        for _ in range(SETTINGS.rounds):
            explained, asked = dict.fromkeys(prior, 0.0), dict.fromkeys(prior, 0.0)
            for causes, (changed, same) in sets.items():
                stays = 1.0
                for c in causes:
                    stays *= 1 - chance[c]
                for c in causes:
                    explained[c] += changed * chance[c] / max(1e-9, 1 - stays)
                    asked[c] += changed + same
            w = SETTINGS.weight
            chance = {c: (explained[c] + w * prior[c]) / (asked[c] + w) for c in prior}
        for causes, (changed, same) in sets.items():
            tested.update(dict.fromkeys({t for t, related in causes if related}, changed + same))
        for c, n in explained.items():
            reader = c[0] in readers
            if chance[c] > (SETTINGS.sure_reader if reader else SETTINGS.sure):
                moves[c[0]] += n
    enough = {
        t
        for t, n in moves.items()
        if n >= (SETTINGS.moves_reader if t in readers else SETTINGS.moves)
        and n >= SETTINGS.often * tested[t]
    }
    rest = set(names) - enough
    quiet = ("read", "search", "pure")
    found = enough | {
        t
        for t in rest
        if (kinds.get(t) == "write" and t not in readers)
        or not (kinds.get(t) in quiet or t in readers or tested[t] >= SETTINGS.tested)
    }
    said = {t for t, kind in declared.items() if kind in quiet}
    return frozenset((found | {t for t, kind in declared.items() if kind == "write"}) - said)


@dataclass(frozen=True)
class LinkSettings:
    "How documents are linked to calls."

    overlap: float = 0.3  # share of values that have to be keys of the view
    calls: int = 60  # calls looked at
    direct: int = 7  # documents named by arguments
    indirect: int = 3  # documents named by a field of those
    near: float = 0.2  # share of calls in which a name stands in a document that is linked anyhow
    tables: int = 4  # rows named by arguments
    alone: float = 0.9  # share of names of rows that stand in one document only
    depth: int = 2  # how deep tables and fields are looked for
    rows: int = 60  # rows of a list looked at
    found: float = 0.2  # share of calls whose document has to be found by its fields


LINKS = LinkSettings()


def find_links(model: StateModel, conversations: Conversations) -> dict[str, tuple[Link, ...]]:
    """By tool, the documents that its arguments name, or a field of such a document; views without
    arguments are linked to all. Where arguments name no document, those that hold what they say."""
    calls: dict[str, list[Logged]] = defaultdict(list)
    for conversation in conversations:
        for c in conversation:
            calls[c.name].append(c)
    keys: dict[tuple[str, str], set[Any]] = defaultdict(set)
    always = []
    for view in sorted(model.views & calls.keys()):
        good = [c for c in calls[view] if not c.is_error]
        if any(not c.arguments for c in good):
            always.append(view)
        for c in good:
            for y, x in c.arguments.items() if len(c.arguments) == 1 else ():
                if type(x) in (str, int):
                    keys[view, y].add(key_of(x))
    tables, fields = _tables(model), _Fields(model)
    out = {}
    for tool in sorted(calls):
        some = calls[tool][:: max(1, len(calls[tool]) // LINKS.calls)]
        links = [Link(("l", v), v) for v in always if v != tool]
        direct = _direct(tool, some, keys)
        links += [*direct, *_indirect(model, some, direct[:3], keys)]
        known = replace(model, links={tool: tuple(links)})
        named = {place[1] for link in direct for _, place in link.source}
        named |= _named_nearby(known, tool, some)
        rows = _rows_named(some, tables, named) if tool in model.actions else []
        found = _by_fields(tool, some, fields) if not direct and tool in model.views else []
        if tool in model.actions:
            found = _by_one_field(some, fields, {place[1] for k in direct for _, place in k.source})
        out[tool] = (*links, *rows, *found)
    return out


def _share(values: Sequence[Any], keys: Collection[Any]) -> float:
    return sum(v in keys for v in values) / len(values) if len(set(values)) > 1 else 0.0


def _direct(
    tool: str, some: Sequence[Logged], keys: Mapping[tuple[str, str], set[Any]]
) -> list[Link]:
    found = []
    for a in sorted({k for c in some for k in c.arguments}):
        values = [key_of(c.arguments[a]) for c in some if type(c.arguments.get(a)) in (str, int)]
        for (view, y), known in keys.items():
            share = _share(values, known)
            if view != tool and share >= LINKS.overlap:
                found.append((-share - (a == y), Link(("l", view, a), view, ((y, ("a", a)),))))
    found.sort(key=lambda f: (f[0], str(f[1])))
    return [link for _, link in found[: LINKS.direct]]


def _indirect(
    model: StateModel,
    some: Sequence[Logged],
    direct: Sequence[Link],
    keys: Mapping[tuple[str, str], set[Any]],
) -> list[Link]:
    out: list[Link] = []
    for link in direct:
        ((y, place),) = link.source
        documents = [
            model.base[at_key][0]
            for c in some
            if (at_key := (link.view, key_of({y: c.arguments.get(place[1])}))) in model.base
        ]
        documents = [d for d in documents if type(d) is dict]
        for f in sorted({f for d in documents for f, x in d.items() if type(x) in (str, int)}):
            values = [key_of(d[f]) for d in documents if type(d.get(f)) in (str, int)]
            for (other, z), known in keys.items():
                if other != link.view and _share(values, known) >= LINKS.overlap:
                    root = ("l", link.view, place[1], f, other)
                    out.append(Link(root, other, ((z, (link.root, f)),)))
    return out[: LINKS.indirect]


Table = tuple[str, tuple[str, ...], str | None]
"View, path in the document, and the field that names the rows (None: they are the values of an object)."


def _documents(model: StateModel) -> Iterator[tuple[str, bytes, Value]]:
    for (view, key), (value, *_) in model.base.items():
        if type(key) is bytes:
            yield view, key, value
    for documents in model.own.values():
        for (view, key), value in documents.items():
            if type(key) is bytes:
                yield view, key, value


def rows_of(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    "((path, field), name) of every row with a name that looks like data."
    if type(value) is dict:
        for k, x in value.items():
            if type(x) is dict and is_data(k):
                yield (path, None), k
            elif type(x) in (dict, list) and len(path) < LINKS.depth:
                yield from rows_of(x, (*path, k))
    elif type(value) is list:
        for row in value[: LINKS.rows]:
            for f, x in row.items() if type(row) is dict else ():
                if type(x) in (str, int) and type(x) is not bool and is_data(str(x)):
                    yield (path, f), str(x)


def _tables(model: StateModel) -> dict[Table, set[str]]:
    seen: dict[Table, dict[str, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for view, key, value in _documents(model):
        for (path, field), name in rows_of(value):
            seen[view, path, field][name].add(key)
    out = {}
    for table, names in seen.items():
        alone = sum(len(k) == 1 for k in names.values())
        if len(names) > 2 and alone >= LINKS.alone * len(names):
            out[table] = set(names)
    return out


def _named_nearby(model: StateModel, tool: str, some: Sequence[Logged]) -> set[str]:
    "The arguments that mostly name rows of documents that the call is linked to anyhow."
    near: Counter[str] = Counter()
    for c in some:
        env = environment(State(model), tool, c.arguments)
        rows = {name for root, v in env.items() if root[0] == "l" for _, name in rows_of(v)}
        for a, x in c.arguments.items():
            names = [str(y) for y in (x if type(x) is list else [x]) if type(y) in (str, int)]
            near[a] += bool(names) and rows.issuperset(names)
    return {a for a, n in near.items() if n > LINKS.near * len(some)}


def _rows_named(
    some: Sequence[Logged], tables: Mapping[Table, set[str]], named: Collection[str]
) -> list[Link]:
    out = []
    for a in sorted({k for c in some for k in c.arguments} - set(named)):
        lists = [
            x if type(x) is list else [x] for c in some if (x := c.arguments.get(a)) is not None
        ]
        values = [str(y) for x in lists for y in x if type(y) in (str, int)]
        for (view, path, field), names in tables.items():
            share = _share(values, names)
            if share >= LINKS.overlap:
                root = ("l", view, *path, a)
                link = Link(root, view, (((path, field), ("a", a)),), "table")
                out.append((-share, link))
    out.sort(key=lambda f: (f[0], str(f[1])))
    return [link for _, link in out[: LINKS.tables]]


class _Fields:
    "Where the short values of documents stand: by view and value, (path, document)."

    def __init__(self, model: StateModel):
        self.views: dict[str, dict[Any, list[tuple[tuple[str, ...], bytes]]]] = {}
        for view, key, value in _documents(model):
            held = self.views.setdefault(view, {})
            for path, x in leaves(value):
                held.setdefault(key_of(x), []).append((path, key))


def leaves(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Value]]:
    "(path, value) of the simple values in nested objects."
    if type(value) is dict:
        for k, x in value.items():
            if type(x) is dict and len(path) < LINKS.depth and not is_data(k):
                yield from leaves(x, (*path, k))
            elif type(x) in (str, int):
                yield (*path, k), x


def _by_fields(tool: str, some: Sequence[Logged], fields: _Fields) -> list[Link]:
    votes: Counter[Any] = Counter()
    calls = [c for c in some if c.arguments and not c.is_error]
    for c in calls:
        for view, held in fields.views.items():
            if view != tool:
                votes.update(_paths(c, view, held))
    if not votes:
        return []
    view, paths = min(votes, key=lambda v: (-votes[v], str(v)))
    if votes[view, paths] < LINKS.found * len(calls):
        return []
    source = tuple((path, ("a", a)) for a, path in paths)
    return [Link(("f", view), view, source, "fields")]


def _by_one_field(some: Sequence[Logged], fields: _Fields, named: Collection[str]) -> list[Link]:
    "The documents that hold an argument of an action: what it is called by elsewhere."
    out = []
    for a in sorted({a for c in some for a in c.arguments} - set(named)):
        values = [x for c in some if type(x := c.arguments.get(a)) in (str, int)]
        votes: Counter[Any] = Counter()
        names = all(is_data(str(x)) and " " not in str(x) for x in values)
        for x in values if names else ():
            for view, held in fields.views.items():
                found = held.get(key_of(x), ())
                votes.update((view, path) for path, _ in found if len(found) == len(path) == 1)
        for (view, path), n in votes.items():
            if n >= LINKS.overlap * len(values) and len(set(values)) > 1:
                out.append((-n, Link(("f", view, a), view, ((path, ("a", a)),), "fields")))
    out.sort(key=lambda f: (f[0], str(f[1])))
    return [link for _, link in out[: LINKS.tables]]


def _paths(c: Logged, view: str, held: Mapping[Any, Sequence[tuple[Any, bytes]]]) -> set[Any]:
    "By which paths the arguments of a call name one document of a view."
    found: list[dict[bytes, Any]] = []
    for a, x in sorted(c.arguments.items()):
        if type(x) not in (str, int):
            return set()
        found.append({key: (a, path) for path, key in held.get(key_of(x), ())})
    both = set(found[0]).intersection(*found[1:])
    return {(view, tuple(f[key] for f in found)) for key in sorted(both)[:3]}


def build_indexes(model: StateModel) -> StateModel:
    "The model with the indexes that its links look documents up by."
    specs = sorted({link.spec for ls in model.links.values() for link in ls if link.index}, key=str)
    out: dict[tuple[Any, ...], dict[Any, dict[str, Value]]] = {s: {} for s in specs}
    for view, key, value in _documents(model):
        for spec in specs:
            if spec[0] != view:
                continue
            if spec[1] == "table":
                for place, name in rows_of(value):
                    if place == spec[2][0]:
                        out[spec].setdefault(name, orjson.loads(key))
            else:
                held = tuple(folded(walk_down(value, path)) for path in spec[2])
                out[spec].setdefault(held, orjson.loads(key))
    return replace(model, indexes=out)


def find_shows(model: StateModel, conversations: Conversations) -> dict[str, Shows]:
    "By action, the view whose document it answers with."
    calls: dict[str, list[Logged]] = defaultdict(list)
    for conversation in conversations:
        for c in conversation:
            if not c.is_error:
                calls[c.name].append(c)
    shapes = {v: _shape([c.value for c in calls[v]]) for v in sorted(model.views & calls.keys())}
    out = {}
    for action in sorted(model.actions & calls.keys()):
        answers = [(c, c.value) for c in calls[action] if isinstance(c.value, dict)]
        fits = []
        for view, shape in shapes.items() if answers else ():
            fit = sum(shape <= v.keys() for _, v in answers) / len(answers)
            extra = sum(len(v) for _, v in answers) / len(answers) / max(1, len(shape))
            if shape and fit >= 0.8 and extra <= 2:
                binds = _arguments_of(view, calls[view], answers)
                if binds is not None:
                    fits.append((len(shape), fit, view, binds))
        if fits:
            out[action] = max(fits, key=lambda f: f[:3])[2:]
    return {a: s for a, s in out.items() if not _denied(model, a, s, conversations)}


def _shape(values: Sequence[Value]) -> frozenset[str]:
    objects = [v for v in values if type(v) is dict]
    names = Counter(k for v in objects for k in v if not is_data(k))
    return frozenset(k for k, n in names.items() if n > 0.8 * len(objects))


def _arguments_of(
    view: str, reads: Sequence[Logged], answers: Sequence[tuple[Logged, Any]]
) -> tuple[tuple[str, Expr], ...] | None:
    "Where the arguments of the document stand in the arguments or the answer of the action."
    names = Counter(tuple(sorted(c.arguments)) for c in reads).most_common(1)[0][0]
    out = []
    for y in names:
        known = {key_of(c.arguments[y]) for c in reads if y in c.arguments}
        seen: Counter[Place] = Counter()
        for c, value in answers[: LINKS.calls]:
            for root, given in (("a", c.arguments), ("r", value)):
                for f, x in given.items():
                    if type(x) in (str, int) and (f == y or key_of(x) in known):
                        seen[root, f] += 2 + (f == y)
        if not seen:
            return None
        out.append((y, at(min(seen, key=lambda p: (-seen[p], p)))))
    return tuple(out)


def _denied(model: StateModel, action: str, shows: Shows, conversations: Conversations) -> bool:
    right = wrong = 0
    told = StateModel(shows={action: shows})
    for conversation in conversations:
        pending: dict[Any, Any] = {}
        for c in conversation:
            call = c.call
            if call in pending and not c.is_error:
                same = pending.pop(call) == c.answer
                right, wrong = right + same, wrong + (not same)
            if c.name in model.actions and not c.is_error:
                pending = {}
                if c.name == action:
                    found = shown_document(told, action, {"a": c.arguments}, c.value)
                    if found is not None:
                        pending[found[0], key_of(found[1])] = c.answer
    return wrong > right

