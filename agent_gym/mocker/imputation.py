from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from pydantic import JsonValue

from agent_gym.mocker.causes import rows_of
from agent_gym.mocker.documents import StateModel, tokens
from agent_gym.mocker.expressions import MISSING, Value, is_data, key_of, made_up
from agent_gym.mocker.results import copied
from agent_gym.tools import LoggedCall, check_arguments
from agent_gym.trace import ToolSpec


@dataclass(frozen=True)
class ImputationSettings:
    "What may belong to one customer, and how much is kept to make documents from."

    donors: int = 60  # documents of one view
    owned: int = 3  # a value in so few documents may belong to somebody, if it has digits or an @
    short: int = 2  # letters of a text that says nothing
    long: int = 80
    number: int = 10_000  # numbers from here on may belong to somebody
    tries: int = 50


SETTINGS = ImputationSettings()
DocumentKey = tuple[str, bytes]
"A view and the JSON text of its arguments."


@dataclass(frozen=True)
class Imputer:
    """Makes documents up. `donors`: documents of a view; `mentions`: the document that first speaks
    of a name; `owners`: in how many documents a value stands."""

    donors: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    mentions: Mapping[str, DocumentKey] = field(default_factory=dict)
    owners: Mapping[str, int] = field(default_factory=dict)

    def document(
        self, model: StateModel, view: str, arguments: Mapping[str, Value], seed: int
    ) -> Value:
        """A document for these arguments, the same for the same seed, without what belongs to one
        document of the logs; MISSING where the view has none to make it from."""
        pool = self.donors.get(view)
        if not pool:
            return MISSING
        text = f"{seed} {view} {orjson.dumps(dict(arguments), option=orjson.OPT_SORT_KEYS)!r}"
        donor = pool[random.Random(text).randrange(len(pool))]
        value, old = copied(model.base[view, donor][0]), orjson.loads(donor)
        swaps = {str(old[k]): v for k, v in arguments.items() if k in old}
        mine: list[Value] = [dict(arguments)]
        for name in map(str, arguments.values()):
            if name in self.mentions:
                owner = self.mentions[name]
                swaps |= _owner_swaps(model, value, owner)
                mine.append([orjson.loads(owner[1]), model.base[owner][0]])
        return self._disguised(_swapped(value, swaps), text, {x for m in mine for x in tokens(m)})

    def _disguised(self, value: Value, seed: str, kept: set[str]) -> Value:
        swaps: dict[str, Value] = {}
        for x in _simple(value):
            text = str(x)
            if text not in kept and text not in swaps and self._is_personal(x):
                tries = (_stranger(text, f"{seed} {text} {k}") for k in range(SETTINGS.tries))
                new = next((t for t in tries if t not in self.owners), "-")
                swaps[text] = new if type(x) is str else int(new) if new.isdigit() else 0
        return _swapped(value, swaps)

    def _is_personal(self, value: Value) -> bool:
        text = str(value)
        if type(value) is not str and abs(value) < SETTINGS.number:
            return False
        marked = "@" in text or any(ch.isdigit() for ch in text)
        return 0 < self.owners.get(text, 0) <= (SETTINGS.owned if marked else 1)


def _owner_swaps(model: StateModel, value: Value, owner: DocumentKey) -> dict[str, Value]:
    """What ties a document to its owner, for what ties it to another: the arguments of both, and
    the names of their rows."""
    new = orjson.loads(owner[1])
    for x in list(_simple(value)):
        for k in new if type(x) is str else ():
            old = orjson.dumps({k: x})
            if (owner[0], old) in model.base and len(new) == 1:
                rows = [
                    [name for _, name in rows_of(model.base[o][0])]
                    for o in ((owner[0], old), owner)
                ]
                names = {n: rows[1][i % len(rows[1])] for i, n in enumerate(rows[0]) if rows[1]}
                return {**names, x: new[k]}
    return {}


def _simple(value: Value) -> Iterator[Value]:
    if type(value) is dict:
        for k, v in value.items():
            if is_data(k):
                yield k
            yield from _simple(v)
    elif type(value) is list:
        for v in value:
            yield from _simple(v)
    elif (type(value) is str and SETTINGS.short < len(value) <= SETTINGS.long) or type(
        value
    ) is int:
        yield value


def _swapped(value: Value, swaps: Mapping[str, Value]) -> Value:
    if type(value) is dict:
        return {str(swaps.get(k, k)): _swapped(v, swaps) for k, v in value.items()}
    if type(value) is list:
        return [_swapped(v, swaps) for v in value]
    if type(value) not in (str, int):
        return value
    new = swaps.get(str(value), value)
    return str(new) if type(value) is str else new if type(new) is int else value


def _stranger(text: str, seed: str) -> str:
    name, sign, domain = text.partition("@")
    return (made_up(f"0{name}", seed)[1:] + sign + domain) if sign else made_up(text, seed)


def learn_imputer(model: StateModel) -> Imputer:
    "From the documents that the logs show."
    donors: dict[str, list[bytes]] = defaultdict(list)
    mentions: dict[str, DocumentKey] = {}
    owners: Counter[str] = Counter()
    for (view, key), (value, *_) in model.base.items():
        if type(key) is not bytes or type(value) is not dict:
            continue
        if len(donors[view]) < SETTINGS.donors and key != b"{}":
            donors[view].append(key)
        texts = {str(x) for x in _simple(value)}
        owners.update(texts | {str(x) for x in _simple(orjson.loads(key))})
        for text in sorted(texts):
            if is_data(text):
                mentions.setdefault(text, (view, key))
    return Imputer({v: tuple(k) for v, k in donors.items()}, mentions, dict(owners))


@dataclass(frozen=True)
class ErrorFormat:
    """A usual error of the backend, and the path to its sentence; a text without a form. `said`:
    by what was wrong with a call, an error that was logged for it, and the argument that it
    names."""

    form: JsonValue = None
    place: tuple[str, ...] = ()
    said: Mapping[str, tuple[JsonValue, str]] = field(default_factory=dict)

    def error(self, text: str) -> JsonValue:
        "An error that says `text`."
        kind, argument = _fault(text)
        if kind in self.said:
            value, named = self.said[kind]
            return _renamed(value, named, argument)
        if type(self.form) is not dict:
            return f"Error: {text}"
        return _with_text(self.form, self.place, text)


_FAULT = re.compile(r"(missing|unknown) argument '([^']+)'|argument '([^']+)' must be")


def _fault(text: str) -> tuple[str, str]:
    "What is wrong and with which argument, from the text of `check_arguments`."
    m = _FAULT.search(text)
    return (m[1] or "type", m[2] or m[3]) if m else ("", "")


def _renamed(value: Value, old: str, new: str) -> Value:
    if type(value) is dict:
        return {k: _renamed(v, old, new) for k, v in value.items()}
    word = rf"(?<!\w){re.escape(old)}(?!\w)"
    return re.sub(word, lambda _: new, value) if type(value) is str else value


def _with_text(value: Value, place: Sequence[str], text: str) -> Value:
    if not place:
        return text
    return {**value, place[0]: _with_text(value[place[0]], place[1:], text)}


def _sentences(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if type(value) is dict:
        for k, v in value.items():
            yield from _sentences(v, (*path, k))
    elif type(value) is str:
        yield path, value


def learn_error_format(
    conversations: Sequence[Sequence[LoggedCall]], tools: Mapping[str, ToolSpec]
) -> ErrorFormat:
    "How logged errors mostly look, and what is said of calls that cannot be read."
    forms: Counter[tuple[str, ...]] = Counter()
    example: dict[tuple[str, ...], JsonValue] = {}
    said: dict[str, tuple[JsonValue, str]] = {}
    for c in (c for conversation in conversations for c in conversation if c.is_error):
        shape = tuple(".".join(p) for p, _ in _sentences(c.value))
        forms[shape] += 1
        example.setdefault(shape, c.value)
        fault = check_arguments(tools[c.name], c.arguments) if c.name in tools else None
        kind, argument = _fault(fault or "")
        if kind and any(argument in text for _, text in _sentences(c.value)):
            said.setdefault(kind, (c.value, argument))
    if not forms:
        return ErrorFormat()
    form = example[max(forms, key=lambda s: (forms[s], s))]
    told = list(_sentences(form))
    place = max(told, key=lambda x: (" " in x[1], len(x[1])))[0] if told else ()
    return ErrorFormat(form if type(form) is dict and place else None, place, said)

