from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent_gym.mocker.causes import (
    Conversations,
    build_indexes,
    find_actions,
    find_links,
    find_shows,
)
from agent_gym.mocker.documents import (
    Effect,
    Link,
    Logged,
    Refusal,
    Reply,
    State,
    StateModel,
    decision_environment,
    environment,
    shown_document,
    take,
)
from agent_gym.mocker.edits import Edit, learn_edit, outcome, state_key
from agent_gym.mocker.expressions import (
    EACH,
    MISSING,
    Case,
    Expr,
    Place,
    Undefined,
    Value,
    at,
    const,
    evaluate,
    flatten,
    gives,
    is_number,
    key_of,
    place_cost,
    place_text,
    resolve,
)
from agent_gym.mocker.synthesis import is_word, learn_value
from agent_gym.mocker.trees import Test, Tree, learn_tree
from agent_gym.tools import LoggedCall
from agent_gym.trace import ToolSpec


@dataclass(frozen=True)
class ExampleSettings:
    "How many examples are looked at, and what an effect has to explain."

    cases: int = 70  # pairs of before and after of one action and view
    binds: int = 80  # of which arguments are told from
    bound: float = 0.9  # share of documents in which an argument is found
    identical: int = 2  # calls with the same arguments and the same end
    outcomes: int = 300  # calls of one tool that refusals are learned from
    replies: int = 120
    texts: int = 60
    reply: float = 0.3  # share that a view's reply has to explain
    pairs: int = 12  # actions whose order is told apart
    often: int = 3  # pairs from which on an action without effect is taken to have none
    enough: int = 20  # successes from which on what they have in common is required
    choices: int = 4  # values of an argument that takes one of a few
    borrowed: int = 5  # successes that have to be met by a borrowed refusal
    known: float = 0.5  # share from which an effect tells what an action answers


SETTINGS = ExampleSettings()


def learn_base(model: StateModel, conversations: Conversations, old: set[str]) -> StateModel:
    """The model with the documents as they are where nothing that concerns them was done before, or
    else mostly; `old` are values that were there from the start."""
    clean: dict[Any, dict[Any, set[int]]] = defaultdict(lambda: defaultdict(set))
    dirty: dict[Any, dict[Any, set[int]]] = defaultdict(lambda: defaultdict(set))
    values: dict[Any, Value] = {}
    firsts: dict[str, dict[Any, Any]] = defaultdict(dict)
    for ci, conversation in enumerate(conversations):
        made: set[str] = set()
        touched: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for c in conversation:
            if c.is_error:
                continue
            if c.name in model.views and made.isdisjoint(
                str(x) for x in c.arguments.values() if type(x) in (str, int)
            ):
                at_key, value = c.call, c.answer
                values[value] = c.value
                late = _touches(model, touched, c)
                (dirty if late else clean)[at_key][value].add(ci)
                if not late:
                    firsts[c.conversation].setdefault(at_key, value)
            if c.name in model.actions:
                made |= c.shows - c.asks - old
                for e in model.effects.get(c.name, ()):
                    touched[e.view].append(_binds(e, c))
                touched[""].append({})
    base, tops = {}, {}
    for at_key in {**clean, **dirty}:
        found = clean.get(at_key) or dirty[at_key]
        top = max(found, key=lambda v: (len(found[v]), str(v)))
        share = len(found[top]) / sum(map(len, found.values()))
        base[at_key], tops[at_key] = (values[top], frozenset(sorted(found[top])[:2]), share), top
    own = {
        name: {k: values[v] for k, v in seen.items() if v != tops[k]}
        for name, seen in firsts.items()
    }
    return build_indexes(
        replace(model, base=base, own={name: seen for name, seen in own.items() if seen})
    )


def values_from_the_start(model: StateModel, conversations: Conversations) -> set[str]:
    "Values that some conversation shows before any action."
    out: set[str] = set()
    for conversation in conversations:
        for c in conversation:
            if c.name in model.actions and not c.is_error:
                break
            if not c.is_error:
                out |= c.shows | c.asks
    return out


def _binds(e: Effect, c: Logged) -> dict[str, Any]:
    out = {}
    for k, x in e.binds:
        try:
            out[k] = key_of(evaluate(x, {"a": c.arguments, "r": c.value}))
        except Undefined:
            continue
    return out


def _touches(
    model: StateModel, touched: Mapping[str, Sequence[Mapping[str, Any]]], c: LoggedCall
) -> bool:
    if not model.effects:
        return bool(touched.get(""))
    return any(
        all(key_of(c.arguments.get(k)) == x for k, x in binds.items())
        for binds in touched.get(c.name, ())
    )


_MASKED = re.compile(r"\S*\d\S*")


def error_form(c: LoggedCall) -> str:
    """An error without the values of the call and without numbers: errors of one form have one
    cause."""
    text = c.value
    if type(text) is not str:
        return f"error of {type(text).__name__}"
    for v in sorted(c.arguments.values(), key=lambda v: -len(str(v))):
        if is_number(v) or (type(v) is str and len(v) > 1):
            text = "<>".join(_split(text, str(v)))
    return _MASKED.sub("#", text)


def _split(text: str, value: str) -> list[str]:
    "The text without a value, where that stands as a word."
    out, start, at = [], 0, -1
    while (at := text.find(value, at + 1)) >= 0:
        if is_word(text, at, at + len(value)) and at >= start:
            out.append(text[start:at])
            start = at + len(value)
    return [*out, text[start:]]


def _ended(c: LoggedCall) -> str:
    return error_form(c) if c.is_error else "ok"


def learn_outcomes_of_same(model: StateModel, conversations: Conversations) -> StateModel:
    "The model with how identical calls ended and were answered, and where values are shown."
    totals: dict[Any, Counter[str]] = defaultdict(Counter)
    by: dict[Any, dict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    shown: dict[str, set[int]] = defaultdict(set)
    answers: dict[Any, Counter[Any]] = defaultdict(Counter)
    values: dict[Any, Value] = {}
    for ci, conversation in enumerate(conversations):
        here: set[str] = set()
        for c in conversation:
            call = c.call
            totals[call][_ended(c)] += 1
            by[call][ci][_ended(c)] += 1
            if not c.is_error:
                here |= c.shows
                if c.name in model.views:
                    here |= c.asks
                key = c.answer
                values[key] = c.value
                answers[call][key] += 1
        for s in here:
            if len(shown[s]) < 2:
                shown[s].add(ci)
    tops = {call: max(t, key=lambda k: (t[k], str(k))) for call, t in answers.items()}
    return replace(
        model,
        outcomes={c: (max(t, key=lambda k: (t[k], k)), t, by[c]) for c, t in totals.items()},
        shown={s: frozenset(x) for s, x in shown.items()},
        logged={c: (values[k], answers[c][k] / answers[c].total()) for c, k in tops.items()},
    )


@dataclass(frozen=True)
class Pair:
    """A document before and after one action: what the action saw, the arguments of the document,
    both values."""

    env: Mapping[Any, Value]
    arguments: Mapping[str, Value]
    before: Value
    after: Value

    @property
    def changed(self) -> bool:
        "Whether the action changed the document."
        return state_key(self.before) != state_key(self.after)


Done = tuple[str, Mapping[Any, Value]]
"An action that was done: its name and what it saw, its answer included."
Sight = tuple[str, Mapping[str, Value], Value, list[Done], Value]
"A document that was seen: view, arguments, value before, actions since, value."


def sights(model: StateModel, conversations: Conversations) -> Iterator[Sight]:
    "Every sight of a document after something was done."
    for ci, conversation in enumerate(conversations):
        state, done = State(model, ci), list[Done]()
        seen: dict[tuple[str, Any], int] = {}
        for c in conversation:
            if c.is_error:
                continue
            env = environment(state, c.name, c.arguments)
            if c.name in model.actions:
                done.append((c.name, {**env, "r": c.value}))
                found = shown_document(model, c.name, env, c.value)
            else:
                found = (c.name, c.arguments) if c.name in model.views else None
            if found is not None:
                at_key = found[0], key_of(found[1])
                since = done[seen.get(at_key, 0) :]
                known = state.observed.get(at_key)
                before = known[0] if known else model.original(*at_key, ci)
                if since:
                    yield found[0], found[1], before, since, c.value
                seen[at_key] = len(done)
            take(state, c.name, c.arguments, c.value, env, True, c.shows)


Learned = dict[tuple[str, str], tuple[tuple[int, int], Effect | None]]
"By (action, view), the effect and how many pairs, and how many with a change, it was learned from."


def learn_effects(
    model: StateModel,
    conversations: Conversations,
    learned: Learned,
    writes: Mapping[str, Collection[str]],
) -> StateModel:
    """The model with the effects of its actions; `learned` remembers those that need not be learned
    again, `writes` names the views that an action changes, where a user said so."""
    tried = {k for k, (size, _) in learned.items() if size[0] >= SETTINGS.often}
    pairs: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    longer = []
    for view, arguments, before, since, after in sights(model, conversations):
        if len(since) == 1:
            pairs[since[0][0], view].append(Pair(since[0][1], arguments, before, after))
        else:
            longer.append((view, arguments, before, since, after))
    for sight in longer if learned else ():
        found = _last_of_several(model, tried, *sight)
        if found is not None:
            pairs[found[0], sight[0]].append(found[1])
    effects: dict[str, list[Effect]] = defaultdict(list)
    for action, view in sorted(pairs):
        if view not in writes.get(action, (view,)):
            continue
        rows = pairs[action, view]
        size = len(rows), sum(p.changed for p in rows)
        if learned.get((action, view), ((), None))[0] != size:
            learned[action, view] = size, learn_effect(model, action, view, rows)
        effect = learned[action, view][1]
        if effect is not None:
            effects[action].append(effect)
    told = {a: tuple(es) for a, es in effects.items()}
    return replace(model, effects=told, tested=frozenset(pairs))


def _last_of_several(
    model: StateModel,
    tried: set[tuple[str, str]],
    view: str,
    arguments: Mapping[str, Value],
    before: Value,
    since: Sequence[Done],
    after: Value,
) -> tuple[str, Pair] | None:
    "The pair of the last action that may concern the view, the others done as they are known."
    movers = [
        d
        for d in since
        if (d[0], view) not in tried or any(e.view == view for e in model.effects.get(d[0], ()))
    ]
    if not movers:
        return None
    state = State(model)
    state.observe(view, arguments, before)
    for name, env in movers[:-1]:
        take(state, name, env["a"], env["r"], env)
    value, grade = state.document(view, arguments)
    return None if grade < 0 else (movers[-1][0], Pair(movers[-1][1], arguments, value, after))


def default_effects(model: StateModel, conversations: Conversations) -> StateModel:
    "The model with effects for actions and views that no log shows one after the other."
    calls: dict[str, list[Logged]] = defaultdict(list)
    for conversation in conversations:
        for c in conversation:
            if not c.is_error and len(calls[c.name]) < SETTINGS.cases:
                calls[c.name].append(c)
    effects = {a: list(es) for a, es in model.effects.items()}
    for action in sorted(model.actions & calls.keys()):
        for link in model.links.get(action, ()):
            view = link.view
            known = (action, view) in model.tested or any(
                e.view == view for e in effects.get(action, ())
            )
            if known or view not in model.views or not link.source or link.index == "table":
                continue
            edit = _shared_fields(calls[action], calls[view])
            edit = _listed(model, action, link, calls[view]) or edit
            if edit is not None:
                binds = tuple(
                    (k, at((link.root, k) if link.index else p))
                    for k, p in _arguments_of(link, calls[view])
                )
                effects.setdefault(action, []).append(Effect(view, binds, edit, 0, 0))
    return replace(model, effects={a: tuple(es) for a, es in effects.items()})


def _listed(model: StateModel, action: str, link: Link, reads: Sequence[Logged]) -> Edit | None:
    "Adds what an action makes to the list in a linked document that names its like."
    for e in model.effects.get(action, ()):
        if not e.creates or len(e.binds) != 1 or link.index:
            continue
        ((name, place),) = e.binds
        rows = [
            (f, x)
            for c in reads
            if type(c.value) is dict
            for f, xs in c.value.items()
            if type(xs) is list
            for x in xs
            if type(x) is str
        ]
        known = Counter(f for f, x in rows if (e.view, key_of({name: x})) in model.base)
        if known:
            field = max(known, key=lambda f: (known[f], f))
            return Edit("fields", ((field, Edit("extend", (Expr("list", (place,)), None))),))
    return None


def _arguments_of(link: Link, reads: Sequence[Logged]) -> list[tuple[str, Place]]:
    if not link.index:
        return list(link.source)
    return [(k, ()) for k in sorted({k for c in reads for k in c.arguments})]


def _shared_fields(calls: Sequence[Logged], reads: Sequence[Logged]) -> Edit | None:
    "Sets the fields of a document that the answers, or else the arguments, of an action name."
    fields = {k for c in reads if type(c.value) is dict for k in c.value}
    given = {k for c in reads for k in c.arguments}
    answers = {k for c in calls if type(c.value) is dict for k in c.value}
    asked = {k for c in calls for k, x in c.arguments.items() if type(x) not in (list, dict)}
    steps = [
        (k, Edit("set", (at(("r" if k in answers else "a", k)), True)))
        for k in sorted(fields & (answers | asked) - given)
    ]
    return Edit("fields", tuple(steps)) if steps else None


def learn_effect(model: StateModel, action: str, view: str, pairs: Sequence[Pair]) -> Effect | None:
    "The effect that explains the pairs best, or None where none is worth it."
    names = sorted({k for p in pairs for k in p.arguments})
    found = []
    for there in (True, False):
        moved = [p for p in pairs if p.changed and (p.before is not MISSING) == there]
        if not moved or (not there and (len(moved) < 2 or not names)):
            continue
        binds = _bind(names, moved)
        if there or len(binds) == len(names):
            effect = _edit_of(model, action, view, binds, pairs, there)
            if effect is not None:
                found.append(effect)
    return max(found, key=lambda e: e.hits, default=None)


def _bind(names: Sequence[str], moved: Sequence[Pair]) -> tuple[tuple[str, Expr], ...]:
    out = []
    some = moved[: SETTINGS.binds]
    for y in names:
        seen: Counter[Place] = Counter()
        for p in some:
            if type(p.arguments.get(y)) in (str, int):
                key = key_of(p.arguments[y])
                places = flatten(p.env, [r for r in p.env if r not in ("n", "h")])
                seen.update(
                    q for q, v in places.items() if type(v) in (str, int) and key_of(v) == key
                )
        if seen:
            place = min(seen, key=lambda q: (-seen[q] + 0.05 * place_cost(q, y), str(q)))
            if seen[place] >= SETTINGS.bound * len(some):
                out.append((y, at(place)))
    return tuple(out)


def _edit_of(
    model: StateModel,
    action: str,
    view: str,
    binds: tuple[tuple[str, Expr], ...],
    pairs: Sequence[Pair],
    there: bool,
) -> Effect | None:
    use = [
        p
        for p in pairs
        if (p.before is not MISSING) == there
        and all(k in p.arguments and gives(x, p.env, key_of(p.arguments[k])) for k, x in binds)
    ]
    use = use[:: len(use) // SETTINGS.cases + 1]
    shown = model.shows.get(action, ("",))[0] == view and there
    cases = [_case(p, shown) for p in use]
    edit = learn_edit(cases, [p.before for p in use], [p.after for p in use])
    right = [
        outcome(edit, p.before, c.env) == state_key(p.after)
        for p, c in zip(use, cases, strict=True)
    ]
    moved = sum(p.changed for p in use)
    told = sum(r and p.changed for r, p in zip(right, use, strict=True))
    idle = len(use) - moved
    worth = sum(right) > idle or (told * 3 >= moved and sum(right) >= idle)
    return Effect(view, binds, edit, sum(right), len(use), not there) if worth else None


def _case(p: Pair, shown: bool) -> Case:
    "An example; where the answer is the document itself it may not explain it."
    env = {k: v for k, v in p.env.items() if not (shown and k == "r")} | {"b": p.arguments}
    return Case(env if p.before is MISSING else env | {"d": p.before})


_COMPUTED = ("+", "-", "*", "abs")


def amounts_of(effects: Sequence[Effect]) -> tuple[tuple[str, Expr], ...]:
    "(name, expression) of the numbers that effects compute from arguments and linked documents."
    out: dict[str, Expr] = {}
    for e in effects:
        for found in _computed(e.edit.parts):
            if found.op == "abs":
                p, q = found.parts
                both = Expr("-", (p, q)), Expr("-", (q, p))
                out |= {str(x): x for x in both}
            else:
                out[str(found)] = found
    return tuple(out.items())


def _computed(part: Any) -> Iterator[Expr]:
    if isinstance(part, Expr) and part.op in _COMPUTED:
        if not _roots(part) & {"v", "d", "r", "i", "b", EACH}:
            yield part
    elif isinstance(part, Expr | Edit):
        yield from _computed(part.parts)
    elif type(part) is tuple:
        for x in part:
            yield from _computed(x)


def _roots(e: Expr) -> set[str]:
    if e.op == "place":
        root = e.parts[0][0]
        return {root if type(root) is str else root[0]}
    return {r for p in e.parts if isinstance(p, Expr) for r in _roots(p)}


Step = tuple[Logged, Mapping[Any, Value], bool]
"A logged call, what decided it, and whether its document was known."


def learn_decisions(model: StateModel, conversations: Conversations) -> StateModel:
    """The model with the trees that say how calls end, the texts of errors, and the replies of
    tools."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for ci, conversation in enumerate(conversations):
        state = State(model, ci)
        for c in conversation:
            env = environment(state, c.name, c.arguments)
            full = decision_environment(state, c.name, c.arguments, env, True)
            steps[c.name].append((c, full, "o" in full))
            if not c.is_error:
                take(state, c.name, c.arguments, c.value, env, True, c.shows)
    trees, texts, replies, prefer, accepts = {}, {}, {}, set[str](), set[str]()
    sampled = {tool: _sample(steps[tool]) for tool in sorted(steps)}
    for tool, rows in sampled.items():
        ended = [_ended(c) for c, _, _ in rows]
        cases = [Case(env) for _, env, _ in rows]
        trees[tool] = learn_tree(cases, ended)
        for form in sorted(set(ended) - {"ok"}):
            some = [i for i, e in enumerate(ended) if e == form][: SETTINGS.texts]
            said = [rows[i][0].value for i in some]
            seen = [Case({r: v for r, v in rows[i][1].items() if r not in OWN}) for i in some]
            e, _ = learn_value(seen, said, tables=False)
            if e is not None:
                texts[tool, form] = e
        if any(e == "ok" and "unknown" in rows[i][1]["x"].values() for i, e in enumerate(ended)):
            accepts.add(tool)
        good = [i for i, e in enumerate(ended) if e == "ok" and not rows[i][2]]
        good = good[:: max(1, len(good) // SETTINGS.replies)]
        if not _is_told(model, tool) and len(good) > (tool not in model.actions):
            some, calls = [cases[i] for i in good], [rows[i][0] for i in good]
            e, hits = learn_value(some, [c.value for c in calls])
            share = hits / max(1, sum(_is_defined(e, c.env) for c in some))
            if e is not None and (
                tool not in model.views or (share >= SETTINGS.reply and hits > 1)
            ):
                replies[tool] = Reply(e, share, len(good))
            if _logged_is_better(e, some, calls):
                prefer.add(tool)
    refusals = {t: _refusals(trees[t], t, texts, rows) for t, rows in sampled.items()}
    return replace(
        model,
        trees=trees,
        texts=texts,
        replies=replies,
        refusals=refusals,
        borrowed={
            t: (*borrow(model, t, rows, refusals, texts), *invariants(rows, trees[t], texts, t))
            for t, rows in sampled.items()
        },
        prefer_logged=frozenset(prefer),
        accepts_new=frozenset(accepts),
    )


def _is_defined(e: Expr | None, env: Mapping[Any, Value]) -> bool:
    try:
        return e is not None and evaluate(e, env) is not MISSING
    except Undefined:
        return False


def _sample(steps: list[Step]) -> list[Step]:
    """All errors and some of the rest, in order; identical calls that ended alike after the same
    kinds of actions count twice."""
    half = SETTINGS.outcomes // 2
    seen: Counter[Any] = Counter()
    kept = []
    for c, env, known in steps:
        done = frozenset(a for a, n in env["n"].items() if n)
        seen[c.call, c.is_error, done] += 1
        if seen[c.call, c.is_error, done] <= SETTINGS.identical:
            kept.append((c, env, known))
    steps = kept
    if len(steps) <= 2 * half:
        return steps
    bad = [i for i, (c, _, _) in enumerate(steps) if c.is_error][:half]
    good = [i for i, (c, _, _) in enumerate(steps) if not c.is_error]
    return [steps[i] for i in sorted(bad + good[:: max(1, len(good) // half)])]


def _is_told(model: StateModel, tool: str) -> bool:
    "Whether a good effect tells what the tool answers."
    shows = model.shows.get(tool)
    return shows is not None and any(
        e.view == shows[0] and e.hits > SETTINGS.known * e.total
        for e in model.effects.get(tool, ())
    )


def _logged_is_better(e: Expr | None, cases: Sequence[Case], calls: Sequence[Logged]) -> bool:
    "Whether other answers to the same call say more often what was answered than the reply does."
    by: dict[Any, Counter[Any]] = defaultdict(Counter)
    for c in calls:
        by[c.call][c.answer] += 1
    logged = told = 0
    for case, c in zip(cases, calls, strict=True):
        own = c.answer
        rest = by[c.call] - Counter([own])
        if rest:
            logged += max(rest, key=lambda k: (rest[k], str(k))) == own
            told += e is not None and gives(e, case.env, own)
    return logged > told


def _refusals(
    tree: Tree, tool: str, texts: Mapping[tuple[str, str], Expr], rows: Sequence[Step]
) -> tuple[Refusal, ...]:
    "The errors of a tree, each with as few tests as keep it away from all successes."
    out = []
    for tests, leaf in tree.paths():
        text = texts.get((tool, leaf.label))
        if leaf.label == "ok" or text is None:
            continue
        good = [env for c, env, _ in rows if not c.is_error]
        kept = list(tests)
        for t in tests:
            less = [x for x in kept if x is not t]
            if less and not any(all(x(env) == want for x, want in less) for env in good):
                kept = less
        out.append(Refusal(tuple(kept), text, leaf.counts[leaf.label], sum(leaf.counts.values())))
    return tuple(sorted(out, key=lambda r: (-r.hits, str(r))))


def borrow(
    model: StateModel,
    tool: str,
    rows: Sequence[Step],
    refusals: Mapping[str, Sequence[Refusal]],
    texts: Mapping[tuple[str, str], Expr],
) -> tuple[Refusal, ...]:
    "The refusals of other tools that hold for this one as far as its logged calls tell."
    found = [
        replace(r, source=other, hits=0, total=0)
        for other, rs in refusals.items()
        if other != tool
        for r in rs
        if r.tests and not any(p[0] in OWN for t, _ in r.tests for p in t.places)
    ]
    found = [r for r in found if _is_possible(r, rows)]
    tested = {p for r in (*found, *refusals[tool]) for t, _ in r.tests for p in t.places}
    arguments = sorted({a for c, _, _ in rows for a in c.arguments if ("x", a) not in tested})
    for a in arguments if tool in model.views or model.links.get(tool) else ():
        like = _not_found_like(a, refusals)
        if like is not None and _names_document(model, tool, a) and _is_possible(like, rows):
            found.append(like)
    unique: dict[Any, Refusal] = {}
    for r in sorted(found, key=lambda r: (-_alike(tool, r.source), str(r))):
        unique.setdefault(r.tests, _in_own_words(r, tool, rows, texts))
    return tuple(sorted(unique.values(), key=lambda r: not _is_unknown(r)))


def _alike(tool: str, other: str) -> int:
    "How many words the names of two tools share."
    return len({*_WORDS.findall(tool)} & {*_WORDS.findall(other)})


def _in_own_words(
    r: Refusal, tool: str, rows: Sequence[Step], texts: Mapping[tuple[str, str], Expr]
) -> Refusal:
    "The refusal with what this tool was logged to say where it holds."
    forms = Counter(error_form(c) for c, env, _ in rows if c.is_error and r.holds(env))
    said = [texts[tool, form] for form, _ in forms.most_common() if (tool, form) in texts]
    return replace(r, text=said[0]) if said else r


def _names_document(model: StateModel, tool: str, a: str) -> bool:
    return ((tool, a) in model.keyed) or any(
        ("a", a) == place for k in model.links[tool] if not k.index for _, place in k.source
    )


def _only_arguments(conversations: Conversations) -> Iterator[tuple[str, str]]:
    "(tool, argument) of the tools that are always called with one and the same."
    names: dict[str, set[str]] = defaultdict(set)
    for conversation in conversations:
        for c in conversation:
            names[c.name].update(c.arguments or [""])
    return ((t, min(a)) for t, a in names.items() if len(a) == 1 and "" not in a)


def _is_unknown(r: Refusal) -> bool:
    "Whether a refusal is of names that nothing shows."
    return any(p[0] == "x" for t, _ in r.tests for p in t.places)


OWN = ("k", "o", "h", "n")
"Roots that say something of one tool alone."


def _named_in(place: Place) -> list[Place]:
    "The places that name keys and rows on the way."
    return [s[1] for s in place if type(s) is tuple and s[0] == "@"]


def _is_possible(r: Refusal, rows: Sequence[Step]) -> bool:
    good = [env for c, env, _ in rows if not c.is_error]
    known = [
        env
        for env in good
        if all(p[0] in env or p[0][0] == "f" for t, _ in r.tests for p in t.places)
    ]
    places = {q for t, _ in r.tests for p in t.places for q in (p, *_named_in(p))}
    named = {p[:2] for p in places if p[0] in ("a", "x")}
    known = [env for env in known if all(resolve(env, p) is not MISSING for p in named)]
    wrong = sum(r.holds(env) for env in known)
    return len(known) >= SETTINGS.borrowed and not wrong


def _not_found_like(a: str, refusals: Mapping[str, Sequence[Refusal]]) -> Refusal | None:
    "What other tools say of names that nothing shows, with what this argument is called."
    for other, rs in refusals.items():
        for r in rs:
            if len(r.tests) != 1:
                continue
            test, wanted = r.tests[0]
            if test.op == "eq" and wanted and _is_unknown(r):
                text = renamed(r.text, test.places[0][1], a)
                if text is not None:
                    asked = Test("eq", (("x", a), test.parts[1]))
                    return Refusal(((asked, True),), text, 0, 0, other)
    return None


def invariants(
    rows: Sequence[Step], tree: Tree, texts: Mapping[tuple[str, str], Expr], tool: str
) -> tuple[Refusal, ...]:
    """What all successes have in common, and no failure has told: arguments of one length, names
    of rows that are there, one of a few values. A call without it is refused."""
    good = [(c, env) for c, env, _ in rows if not c.is_error]
    if len(good) < SETTINGS.enough:
        return ()
    labels = {leaf.label for _, leaf in tree.paths()}
    rest = [(c, env, error_form(c)) for c, env, _ in rows if c.is_error]
    rest = [r for r in rest if r[2] not in labels]
    out = []
    for tests in (*_lengths(good), *_named_rows(good), *_choices(good)):
        told = Refusal(tests, const(""), 0, 0, "")
        forms = Counter(form for _, env, form in rest if told.holds(env))
        form = max(forms, key=lambda f: (forms[f], f), default="")
        said = texts.get((tool, form), const(f"Error: {_broken(tests)}"))
        out.append(replace(told, text=said, hits=forms[form], source=NO_SUCCESS))
    return tuple(out)


NO_SUCCESS = "no success"
"The source of refusals that rest on what all successes have in common."


def _broken(tests: Sequence[tuple[Test, bool]]) -> str:
    test, _ = tests[0]
    names = [p[1] for p in test.places if p[0] == "a"]
    steps = [s for s in test.places[0] if type(s) is tuple]
    names += [place_text(s[1]) for s in steps if s[0] == "@"]
    return f"invalid {' and '.join(dict.fromkeys(map(str, names)))}"


Tests = tuple[tuple[Test, bool], ...]


def _lengths(good: Sequence[tuple[Logged, Mapping[Any, Value]]]) -> Iterator[Tests]:
    asked: list[dict[str, Any]] = [dict(c.arguments) for c, _ in good]
    lists = sorted({a for x in asked for a, v in x.items() if type(v) is list})
    for i, a in enumerate(lists):
        for b in lists[i + 1 :]:
            both = [x for x in asked if type(x.get(a)) is type(x.get(b)) is list]
            sizes = {(len(x[a]), len(x[b])) for x in both}
            if len(sizes) > 1 and all(m == n for m, n in sizes):
                yield ((Test("same", (("a", a, "#"), ("a", b, "#"))), False),)


def _named_rows(good: Sequence[tuple[Logged, Mapping[Any, Value]]]) -> Iterator[Tests]:
    some = good[:: max(1, len(good) // SETTINGS.texts)]
    seen: Counter[Place] = Counter()
    for _, env in some:
        places = flatten(env, [r for r in env if r[0] == "l"])
        seen.update(p for p in places if type(p[-1]) is tuple and p[-1][0] == "@")
    for place, n in sorted(seen.items(), key=lambda s: str(s[0])):
        around = [env for _, env in good if resolve(env, place[:-1]) is not MISSING]
        given = [env for env in around if resolve(env, place[-1][1]) is not MISSING]
        if (
            n
            and len(given) >= SETTINGS.enough
            and all(resolve(env, place) is not MISSING for env in given)
        ):
            yield (
                (Test("has", (place[:-1],)), True),
                (Test("has", (place[-1][1],)), True),
                (Test("has", (place,)), False),
            )


def _choices(good: Sequence[tuple[Logged, Mapping[Any, Value]]]) -> Iterator[Tests]:
    for a in sorted({a for c, _ in good for a in c.arguments}):
        given = (c.arguments.get(a) for c, _ in good)
        values = Counter(v for v in given if isinstance(v, str))
        few = 1 < len(values) <= SETTINGS.choices
        if few and values.total() >= SETTINGS.enough and min(values.values()) >= SETTINGS.often:
            yield (
                (Test("has", (("a", a),)), True),
                *((Test("eq", (("a", a), key_of(v))), False) for v in sorted(values)),
            )


_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def renamed(e: Expr, old: str, new: str) -> Expr | None:
    "An error text with one argument for another and its words for those of the other, or None."
    before, after = ([w.lower() for w in _WORDS.findall(x)] for x in (old, new))
    gone = [w for w in before if w not in after]
    come = [w for w in after if w not in before]
    if not gone or not come or gone[0] not in str(e).lower():
        return None
    form = re.compile(re.escape(" ".join(gone)), re.IGNORECASE)

    def said(x: Value) -> Value:
        if type(x) is dict:
            return {k: said(v) for k, v in x.items()}
        return form.sub(" ".join(come), x) if type(x) is str else x

    if e.op == "const":
        return const(said(e.parts[0].value))
    parts = [said(x) if type(x) is str else x for x in e.parts]
    places = [at(("a", new)) if x == at(("a", old)) else x for x in parts]
    return Expr("text", tuple(places)) if e.op == "text" else None


def as_logged(conversations: Sequence[Sequence[LoggedCall]]) -> Conversations:
    "The calls as those that remember their keys."
    return [
        [
            c
            if isinstance(c, Logged)
            else Logged(c.conversation, c.turn, c.name, c.arguments, c.value, c.is_error)
            for c in conversation
        ]
        for conversation in conversations
    ]


def learn_state(
    conversations: Sequence[Sequence[LoggedCall]],
    kinds: Mapping[str, str],
    step: Callable[[str], None] = lambda text: None,
    declared: Mapping[str, ToolSpec] | None = None,
) -> StateModel:
    """The state that conversations show; `kinds` is what is believed of the tools so far,
    `declared` what a user says of them."""
    conversations = as_logged(conversations)
    step("actions")
    known = declared or {}
    actions = find_actions(conversations, kinds, {t: s.kind for t, s in known.items()})
    writes = {t: s.writes for t, s in known.items() if s.writes}
    names = {c.name for conversation in conversations for c in conversation}
    views = frozenset(t for t in names if t not in actions and kinds.get(t) != "pure")
    few = {
        t: min(
            len(c.arguments) for conversation in conversations for c in conversation if c.name == t
        )
        for t in sorted(actions & names)
    }
    order = sorted(few, key=lambda t: (few[t], t))[: SETTINGS.pairs]
    pairs = tuple((p, q) for i, p in enumerate(order) for q in order[i + 1 :])
    keyed = sorted({(v, a) for v, a in _only_arguments(conversations) if v in views})
    model = StateModel(actions=actions, views=views, pairs=pairs, keyed=tuple(keyed))
    old = values_from_the_start(model, conversations)
    model = learn_outcomes_of_same(learn_base(model, conversations, old), conversations)
    model = replace(
        model,
        links=find_links(model, conversations),
        shows=find_shows(model, conversations),
    )
    model = build_indexes(model)
    step("effects")
    learned: Learned = {}
    model = learn_effects(model, conversations, learned, writes)
    model = learn_effects(learn_base(model, conversations, old), conversations, learned, writes)
    step("refusals and replies")
    model = default_effects(model, conversations)
    model = replace(model, amounts={a: amounts_of(es) for a, es in model.effects.items()})
    return learn_decisions(learn_base(model, conversations, old), conversations)


def with_documents(model: StateModel, conversations: Sequence[Sequence[LoggedCall]]) -> StateModel:
    """The model with the documents, and the ends of identical calls, of these conversations; its
    rules stay."""
    conversations = as_logged(conversations)
    old = values_from_the_start(model, conversations)
    return learn_outcomes_of_same(learn_base(model, conversations, old), conversations)

