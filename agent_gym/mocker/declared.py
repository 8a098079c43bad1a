from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import JsonValue

from agent_gym.mocker.documents import State
from agent_gym.mocker.expressions import MISSING, key_of
from agent_gym.mocker.results import copied
from agent_gym.trace import ToolError, dumps, loads

StateFunction: TypeAlias = Callable[..., JsonValue]
"`f(state, **arguments)`: `state` is a `Documents`."


class Documents:
    """What a declared function sees of a session: `read` gives what a tool shows now (None where
    that is not known), `write` says what it shows from now on. Both work on copies."""

    def __init__(self, state: State):
        self._state, self.written = state, 0

    def read(self, view: str, **arguments: JsonValue) -> JsonValue:
        "What the tool `view` shows for these arguments."
        self._check(view)
        value, _ = self._state.document(view, arguments)
        return None if value is MISSING else copied(value)

    def write(self, view: str, value: JsonValue, **arguments: JsonValue) -> None:
        "Let the tool `view` show `value` for these arguments."
        self._check(view)
        self._state.observe(view, dict(arguments), loads(dumps(value)))
        self._state.declared |= {(view, key_of(dict(arguments)))}
        self._state.touch(view, dict(arguments))
        self._state.node = None
        self.written += 1

    def _check(self, view: str) -> None:
        known = self._state.model.trees
        if view not in known:
            raise ToolError(f"no tool {view!r} in the logs; the tools are {', '.join(known)}")


@dataclass(frozen=True)
class Done:
    """What a declared function did: its answer, whether that is a refusal, the state after it, and
    how many documents it wrote."""

    value: JsonValue
    is_error: bool
    state: State
    written: int


REFUSALS = (ToolError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"What a function may raise for a call that it does not answer."


def run_declared(function: StateFunction, state: State, arguments: Mapping[str, Any]) -> Done:
    "Run a declared function on a copy of `state`, which stays as it is where the function refuses."
    after = state.fork()
    documents = Documents(after)
    try:
        value = loads(dumps(function(documents, **{k: copied(v) for k, v in arguments.items()})))
    except REFUSALS as error:
        said = str(error) if isinstance(error, ToolError) else f"{type(error).__name__}: {error}"
        return Done(said, True, state, 0)
    return Done(value, False, after, documents.written)


@dataclass(frozen=True)
class Agreement:
    """How far a declared function says what the logs say: of `total` logged calls `right` agree;
    `first` is the first that does not (conversation, turn, what it says, what was logged)."""

    tool: str
    right: int
    total: int
    first: tuple[str, int, JsonValue, JsonValue] | None = None

    def __str__(self) -> str:
        out = f"{self.tool}: your function agrees with {self.right} of {self.total} logged calls"
        if self.first is None:
            return out
        conversation, turn, said, logged = self.first
        said, logged = (t if len(t := dumps(v)) <= 80 else t[:79] + "…" for v in (said, logged))
        where = f"{conversation}, turn {turn}"
        return f"{out}; the first that differs is {where}: {said} where the log has {logged}"

