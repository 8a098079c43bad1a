from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson
from pydantic import JsonValue

from agent_gym.mocker.expressions import MISSING, Value, key_of


Source: TypeAlias = Literal[
    "replay", "state", "effect", "error", "computed", "function", "synthesised", "llm"
]
_HOW: dict[Source, str] = {
    "replay": "answered as the log was",
    "state": "answered from what was shown",
    "effect": "done as such calls do it",
    "error": "refused",
    "computed": "computed",
    "function": "answered by a function that was given",
    "synthesised": "answered with what is made up",
    "llm": "answered by a language model",
}


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The answer to one call.

    `value` is the JSON value a caller gets; `source` the mechanism behind it; `confidence` the
    calibrated probability, in [0, 1], that the real backend would have answered the same; `support`
    the number of logged calls behind it; `reason` says why in words and `evidence` names logged
    calls (conversation, turn)."""

    value: JsonValue
    is_error: bool
    source: Source
    confidence: float
    support: int
    tool: str = ""
    reason: str = ""
    evidence: tuple[tuple[str, int], ...] = ()

    def explain(self) -> str:
        "Why this is the answer, in one paragraph."
        where = ", ".join(f"{c} (turn {t})" for c, t in self.evidence[:3])
        calls = f"{self.support} logged call{'s' * (self.support != 1)}"
        rests = f"It rests on {calls}{', such as ' * bool(where)}{where}."
        said = rests if self.support else "No logged call supports it."
        sure = f"Chance that the backend would have said the same: {self.confidence:.0%}."
        return f"{self.tool}: {_HOW[self.source]}. {self.reason} {said} {sure}"

    def _repr_html_(self) -> str:
        from agent_gym.render import badge, block, escape, json_html

        head = badge("error" if self.is_error else "ok", "bad" if self.is_error else "good")
        title = f"<p><code>{escape(self.tool)}</code> {head} {badge(self.source)}"
        told = f"<p>{escape(self.explain())}</p>"
        return block(f"{title} {self.confidence:.0%}</p>{json_html(self.value)}{told}")


@dataclass(frozen=True, slots=True)
class Change:
    """One place that writes changed: field `path` of what `entity` shows for `id`, from `before` to
    `after` (JSON texts; "" where there was nothing).

    `generated` says that the backend makes the value up (a new number), `made` that the document
    itself was made and its id made up: equality of two conversations asks for neither, so compare
    `core`."""

    entity: str
    id: str
    path: str
    before: str
    after: str
    generated: bool = False
    made: bool = False

    @property
    def core(self) -> tuple[str, str, str, str, str]:
        """What two conversations that did the same have in common: made-up values and ids are left
        out."""
        own = "" if self.made else self.id
        after = "" if self.generated else self.after
        return self.entity, own, self.path, self.before, after

    @property
    def sort_key(self) -> tuple[str, str, str, str, str]:
        "Orders changes in the same way in every process."
        return self.entity, self.id, self.path, self.before, self.after


def json_text(value: Value) -> str:
    'One text for equal JSON values, keys sorted; "" for what is not there.'
    if value is MISSING:
        return ""
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS).decode()


def _plain(value: Value) -> Any:
    "The value with whole floats as integers."
    key = key_of(value)
    if type(key) is bytes:
        return orjson.loads(key)
    return int(value) if type(value) is float and value.is_integer() else value


def differences(before: Value, after: Value, path: str = "") -> Iterator[tuple[str, str, str]]:
    "(path, before, after) of the places of nested objects where two values differ."
    if isinstance(before, dict) and isinstance(after, dict):
        for k in sorted({*before, *after}):
            inner = f"{path}.{k}" if path else k
            yield from differences(before.get(k, MISSING), after.get(k, MISSING), inner)
    elif json_text(before) != json_text(after):
        yield path, json_text(before), json_text(after)


def copied(value: JsonValue) -> JsonValue:
    "A copy that shares nothing with `value`."
    if isinstance(value, dict):
        return {k: copied(v) if isinstance(v, dict | list) else v for k, v in value.items()}
    if isinstance(value, list):
        return [copied(v) if isinstance(v, dict | list) else v for v in value]
    return value

