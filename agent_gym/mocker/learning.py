from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from agent_gym.mocker.backend import Backend, Calibration, Recordings
from agent_gym.mocker.causes import Conversations
from agent_gym.mocker.documents import State, StateModel, environment, take
from agent_gym.mocker.expressions import key_of
from agent_gym.mocker.imputation import learn_error_format, learn_imputer
from agent_gym.mocker.transitions import as_logged, learn_state, with_documents
from agent_gym.progress import Steps, paused_gc
from agent_gym.tools import LoggedCall, infer_tools, logged_calls
from agent_gym.trace import ToolSpec, Trace, parse_json


@dataclass(frozen=True)
class LearningSettings:
    "How conversations are left out to see how often answers are right."

    fold: int = 4  # one conversation of so many is left out
    asked: int = 120  # left out at most
    enough: int = 2500  # logged calls from which on rules learned without those left out are kept


SETTINGS = LearningSettings()


def learn(
    traces: Iterable[Trace],
    progress: bool = True,
    declared: Mapping[str, ToolSpec] | None = None,
) -> Backend:
    """Learn the backend behind `traces`, of whose tools a user may have `declared` something, and
    how far each mechanism is to be trusted; `progress` shows a line where that takes longer than
    two seconds."""
    traces = list(traces)
    with paused_gc():
        tools = infer_tools(traces, declared)
        conversations = as_logged([found for t in traces if (found := list(logged_calls(t)))])
        with Steps("learning the tools", 7, progress) as step:
            step("kinds of tools")
            return _learn(conversations, tools, step, declared)


def _learn(
    conversations: Conversations,
    tools: Mapping[str, ToolSpec],
    step: Callable[[str], None],
    declared: Mapping[str, ToolSpec] | None,
) -> Backend:
    kinds = {t: s.kind for t, s in tools.items()}
    if len(conversations) < SETTINGS.fold:
        return _backend(conversations, tools, learn_state(conversations, kinds, step, declared))
    left_out = [
        (i, _unchanged(c, tools) if i % (2 * SETTINGS.fold) == 1 else 0)
        for i, c in enumerate(conversations)
        if i % SETTINGS.fold == 1
    ]
    cut = dict(left_out)
    kept = [part for i, c in enumerate(conversations) if (part := c[: cut.get(i, len(c))])]
    part = _backend(kept, tools, learn_state(kept, kinds, step, declared))
    step("asking about conversations left out")
    some = left_out[:: max(1, len(left_out) // SETTINGS.asked)]
    calibration = Calibration.of([r for i, n in some for r in _asked(part, conversations[i], n)])
    if sum(map(len, conversations)) > SETTINGS.enough:
        state = with_documents(part.state, conversations)
    else:
        state = learn_state(conversations, kinds, step, declared)
    return replace(_backend(conversations, tools, state), calibration=calibration)


def _backend(
    conversations: Conversations, tools: Mapping[str, ToolSpec], state: StateModel
) -> Backend:
    return Backend(
        tools,
        state,
        Recordings.of(conversations, state.actions),
        learn_imputer(state),
        learn_error_format(conversations, tools),
    )


def _unchanged(conversation: Sequence[LoggedCall], tools: Mapping[str, ToolSpec]) -> int:
    "How many calls come before the first that writes or fails; 0 where none does."
    changes = (n for n, c in enumerate(conversation) if tools[c.name].kind == "write" or c.is_error)
    return next(changes, 0)


def _asked(
    backend: Backend, conversation: Sequence[LoggedCall], first: int
) -> list[tuple[str, str, bool]]:
    """(tool, basis, whether right) of the calls from `first` on, each answered after what the
    backend itself answered before."""
    state, out = State(backend.state), []
    for n, c in enumerate(conversation):
        told = backend.answer(state, c.name, c.arguments)
        advance(backend, state, c.name, c.arguments, told.value, told.is_error)
        if n >= first:
            out.append((c.name, told.basis, is_same(told.value, c.value)))
    return out


def advance(
    backend: Backend,
    state: State,
    tool: str,
    arguments: Mapping[str, JsonValue],
    value: JsonValue,
    is_error: bool,
    given: bool = False,
) -> None:
    "Let a call that was answered so happen to the state; `given`: the answer is the truth."
    if is_error or tool not in backend.state.trees:
        return
    env = environment(state, tool, arguments)
    if tool in backend.state.actions:
        state.node = backend.recordings.after(state.node, (tool, key_of(dict(arguments))))
    take(state, tool, arguments, value, env, given)


def is_same(said: JsonValue, value: JsonValue) -> bool:
    "Whether two answers are equal, a JSON text counting as what it encodes."
    if key_of(said) == key_of(value):
        return True
    return isinstance(said, str) and key_of(parse_json(said)) == key_of(value)

