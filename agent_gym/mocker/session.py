from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from agent_gym.mocker.backend import Backend, unlogged
from agent_gym.mocker.declared import Agreement, StateFunction, run_declared
from agent_gym.mocker.documents import State
from agent_gym.mocker.expressions import MISSING, is_data, key_of
from agent_gym.mocker.learning import advance, learn
from agent_gym.mocker.results import Change, ToolResult, copied, differences, json_text
from agent_gym.mocker.rules import Rule, Rules, parse_rule, rules_of, with_rules
from agent_gym.tools import LoggedCall, check_arguments, declared_tools, logged_calls
from agent_gym.trace import LLMError, Message, ToolError, ToolSpec, Trace, dumps, loads

if TYPE_CHECKING:
    from agent_gym.llm import LLM


DEEPEST, LARGEST = 60, 100_000
"Levels and values of arguments that are read at most."


def is_plain(value: object) -> bool:
    "Whether a value is JSON of bounded depth and size."
    stack, count = [(value, 0)], 0
    while stack:
        v, depth = stack.pop()
        count += 1
        if depth > DEEPEST or count > LARGEST:
            return False
        if isinstance(v, Mapping):
            if not all(isinstance(k, str) for k in v):
                return False
            stack += [(x, depth + 1) for x in v.values()]
        elif isinstance(v, list):
            stack += [(x, depth + 1) for x in v]
        elif isinstance(v, float):
            if v - v != 0:
                return False
        elif not (v is None or isinstance(v, str | bool | int)):
            return False
    return True


def changes_of(state: State, origin: str | None) -> tuple[Change, ...]:
    """What the calls of a session have written, in an order that does not depend on theirs:
    documents place by place, compared with what they were before."""
    own = state.model.own.get(origin or "", {})
    fresh = [x for x in state.made if _is_made_up(x) and not state.model.is_shown(x)]
    out = [Change(t, _first(a), "", "", json_text(dict(a))) for t, a in state.events]
    for (view, key), arguments in state.touched.items():
        before = own.get((view, key), state.model.original(view, key))
        after, _ = state.document(view, arguments)
        names = [str(x) for x in arguments.values()]
        made = any(x in fresh for x in names)
        if before is MISSING and isinstance(after, dict):
            before = {}
        for path, old, new in differences(before, after):
            mine = any(x in new for x in fresh)
            out.append(Change(view, ", ".join(names), path, old, new, mine, made))
    return tuple(sorted(out, key=lambda c: c.sort_key))


def _first(arguments: Mapping[str, JsonValue]) -> str:
    return next((str(x) for x in arguments.values() if isinstance(x, str | int)), "")


def _is_made_up(text: str) -> bool:
    "Whether a text that no log shows is an id that the backend draws, not a number that it counts."
    return is_data(text) and not text.isdigit()


def ask_llm(
    llm: LLM, spec: ToolSpec, state: State, arguments: Mapping[str, JsonValue]
) -> JsonValue:
    """The language model's answer to a call, where it is one that the tool's schema allows; raises
    ToolError where it is not."""
    logged = state.model.logged.items()
    some = [(key, value) for (tool, key), (value, _) in logged if tool == spec.name][:SHOWN_CALLS]
    lines = [
        f"Tool: {spec.name}. {spec.description}",
        f"JSON Schema of its result: {dumps(spec.result)}",
        "Logged calls:",
        *(f"{key!r} -> {json_text(value)[:SHOWN_LETTERS]}" for key, value in some),
        f"Call: {dumps(dict(arguments))}",
    ]
    task = "You stand in for a backend. Answer the call with the JSON value that it would return."
    said = [
        Message(role="system", content=task),
        Message(role="user", content="\n".join(lines)),
    ]
    try:
        text = llm.generate(said).content or ""
        value = loads(re.sub(r"^```\w*\n|\n?```\s*$", "", text.strip()))
    except (LLMError, ValueError, RecursionError) as error:
        raise ToolError(f"{spec.name}: the language model gave no JSON value") from error
    box = {"type": "object", "properties": {"value": spec.result}}
    if check_arguments(ToolSpec(name=spec.name, parameters=box), {"value": value}):
        raise ToolError(f"{spec.name}: the language model's answer does not fit the schema")
    return value


SHOWN_CALLS, SHOWN_LETTERS = 4, 1500


def answered(session: ToolSession, name: str, arguments: object) -> ToolResult:
    "The answer to a call, which happens to the session."
    mocker, state = session.mocker, session.state
    if not isinstance(arguments, Mapping) or not is_plain(arguments):
        told = mocker.backend.refused(
            f"{str(name)[:80]}: the arguments are not a JSON object of bounded depth",
            "The arguments cannot be read.",
        )
        return told.result(str(name)[:80], mocker.backend.calibration.rate("", "malformed"), False)
    given: dict[str, JsonValue] = copied(dict(arguments))  # type: ignore[assignment]
    if name in mocker._functions:
        return _by_function(session, name, given)
    if (name, key_of(given)) in state.declared:
        value, why = state.document(name, given)[0], "A function that was given wrote it."
        return ToolResult(copied(value), False, "function", 1.0, 1, name, why)
    told = mocker.backend.answer(state, str(name), given, session.origin, session.seed)
    sure = mocker.backend.calibration.rate(str(name), told.basis)
    result = told.result(str(name), sure, name in mocker.backend.state.actions)
    if mocker.llm is not None and sure < mocker.llm[1] and name in mocker.tools:
        result = _by_llm(session, mocker.llm[0], mocker.tools[name], given, result)
    _happen(session, name, given, told.basis, result)
    return result


def _happen(
    session: ToolSession, name: str, arguments: dict[str, JsonValue], basis: str, result: ToolResult
) -> None:
    backend, state = session.mocker.backend, session.state
    value = copied(result.value)
    if basis == "unlogged":
        found = unlogged(state, name, arguments)
        view, key = next((v, k) for v, k in state.model.keyed if found and v == found[0])
        state.observe(view, {key: arguments[key]}, value)
        state.touch(view, {key: arguments[key]})
        state.node = None
    elif basis == "imputed":
        state.observe(name, arguments, value)
        state.imputed |= {(name, key_of(arguments))}
    else:
        given = basis.startswith("replay") or result.source == "llm"
        advance(backend, state, name, arguments, value, result.is_error, given)


def _by_function(session: ToolSession, name: str, arguments: dict[str, JsonValue]) -> ToolResult:
    "What a declared function answers, and does to the documents."
    done = run_declared(session.mocker._functions[name], session.state, arguments)
    session.state, why = done.state, "Answered by the function that was given for this tool."
    if done.is_error:
        value = session.mocker.backend.errors.error(str(done.value))
        return ToolResult(value, True, "function", 1.0, 0, name, why)
    return ToolResult(copied(done.value), False, "function", 1.0, 1, name, why)


def _by_llm(
    session: ToolSession,
    llm: LLM,
    spec: ToolSpec,
    arguments: dict[str, JsonValue],
    learned: ToolResult,
) -> ToolResult:
    "The language model's answer, kept for the session; the learned one where it has none."
    call = spec.name, key_of(arguments)
    if call not in session.said:
        try:
            session.said[call] = ask_llm(llm, spec, session.state, arguments)
        except ToolError:
            return learned
    sure = session.mocker.backend.calibration.rate(spec.name, "llm")
    why = "No log tells; a language model was asked."
    return ToolResult(copied(session.said[call]), False, "llm", sure, 0, spec.name, why)


class ToolSession:
    """The backend in the state of one conversation: `call` answers, and writes go to an overlay
    that `fork` shares until either side writes.

    Made by `ToolMocker.session`. `trace` names the conversation whose own records come first."""

    __slots__ = ("_asked", "_faults", "mocker", "origin", "said", "seed", "state")

    def __init__(self, mocker: ToolMocker, seed: int = 0, origin: str | None = None):
        self.mocker, self.seed, self.origin = mocker, seed, origin
        self.reset()

    def reset(self) -> ToolSession:
        "Back to the state before any call; returns the session."
        self.state = State(self.mocker.backend.state, origin=self.origin)
        self.state.seed = self.seed
        self.said: dict[tuple[str, Any], JsonValue] = {}
        self._faults: dict[str, tuple[tuple[int, JsonValue], ...]] = {}
        self._asked: dict[str, int] = {}
        return self

    def fork(self) -> ToolSession:
        "An independent session in the same state; documents are shared until one side writes."
        other = ToolSession.__new__(ToolSession)
        other.mocker, other.seed, other.origin = self.mocker, self.seed, self.origin
        other.state, other.said = self.state.fork(), dict(self.said)
        other._faults, other._asked = dict(self._faults), dict(self._asked)
        return other

    def fail(
        self, name: str, on: int = 0, error: JsonValue = "Error: the service is not available"
    ) -> ToolSession:
        """Let the `on`-th call of a tool from now on fail with `error` (0: every call), for
        training and tests; a failed call changes nothing. Returns the session; `reset` forgets it.
        Raises ToolError for unknown tools."""
        if name not in self.tools:
            raise ToolError(f"no tool {name!r}; the tools are {', '.join(self.tools)}")
        at = self._asked.get(name, 0) + on if on else 0
        self._faults[name] = (*self._faults.get(name, ()), (at, error))
        return self

    def call(self, name: str, arguments: Mapping[str, JsonValue] | None = None) -> ToolResult:
        """Answer a call as the backend would in this state. Never raises on any arguments; a call
        that fails changes nothing."""
        self._asked[name] = n = self._asked.get(name, 0) + 1
        fault = next((e for on, e in self._faults.get(name, ()) if on in (0, n)), None)
        if fault is not None:
            why = "This failure was asked for; the call never reached the backend."
            return ToolResult(copied(fault), True, "error", 1.0, 0, name, why)
        given = {} if arguments is None else arguments
        return answered(self, name, given)

    def __call__(self, name: str, arguments: Mapping[str, JsonValue] | None = None) -> JsonValue:
        return self.call(name, arguments).value

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the calls so far have written; equal writes give equal tuples. Compare `Change.core`
        where writes make numbers up. A write of which no view shows anything stands as one change
        under its tool's name."""
        return changes_of(self.state, self.origin)

    def adopt(self, call: LoggedCall) -> None:
        """Take a logged call and its logged answer as what happened: the state follows the log, not
        the mocker."""
        backend, state = self.mocker.backend, self.state
        advance(backend, state, call.name, call.arguments, copied(call.value), call.is_error, True)

    @property
    def tools(self) -> dict[str, ToolSpec]:
        "The tools that can be called, by name."
        return dict(self.mocker.backend.tools)


class ToolMocker:
    """A backend learned from logs: call it as the tools were called.

    `traces` are `Trace`s; nothing else is needed. What is learned never changes; state lives in
    sessions, and `call`, `reset` and the mocker itself use one default session. `llm` is asked only
    where the learned answer is less sure than `llm_below`; its answer has to fit the schema and is
    kept for the session. Learning that takes longer than two seconds shows a line, unless
    `progress` is off. `tools`: what is known of them, in any form that `declared_tools` takes;
    `functions`: tools as functions `(state, **arguments)` over the documents of a session
    (`Documents`), checked against the logs at once: `agreement` says how far they agree."""

    def __init__(
        self,
        traces: Iterable[Trace],
        *,
        llm: LLM | None = None,
        llm_below: float = 0.3,
        progress: bool = True,
        tools: object = None,
        functions: Mapping[str, StateFunction] | None = None,
    ):
        traces = list(traces)
        declared = {} if tools is None else declared_tools(tools)
        self.backend = learn(traces, progress, declared)
        self.llm = None if llm is None else (llm, llm_below)
        self._functions: Mapping[str, StateFunction] = {}
        self.agreement: Mapping[str, Agreement] = {}
        if functions:
            _bring(self, functions)
            self.agreement = {t: agreement_of(self, t, traces) for t in functions}
        self._default = self.session()

    @property
    def tools(self) -> dict[str, ToolSpec]:
        "The tools by name, with JSON Schemas of arguments and results and what kind each is."
        return dict(self.backend.tools)

    @property
    def unlearned(self) -> dict[str, tuple[int, int]]:
        """Tools that the logs do not teach, as (right, asked) in conversations left out; bring them
        by `tools=`."""
        return self.backend.calibration.unlearned()

    def session(self, seed: int = 0, *, trace: Trace | str | None = None) -> ToolSession:
        """A session with state of its own. With `trace` (or its conversation id), what that
        conversation showed comes before what others saw."""
        return ToolSession(self, seed, trace.conversation_id if isinstance(trace, Trace) else trace)

    def replay(self, trace: Trace, seed: int = 0) -> ToolSession:
        """A session in the state after the calls of `trace`, their logged answers taken as the
        truth."""
        session = self.session(seed, trace=trace)
        for call in logged_calls(trace):
            session.adopt(call)
        return session

    def call(self, name: str, arguments: Mapping[str, JsonValue] | None = None) -> ToolResult:
        "Answer in the default session; see `ToolSession.call`."
        return self._default.call(name, arguments)

    def __call__(self, name: str, arguments: Mapping[str, JsonValue] | None = None) -> JsonValue:
        return self._default.call(name, arguments).value

    def reset(self) -> None:
        "A fresh default session."
        self._default = self.session()

    def fork(self) -> ToolSession:
        "A fork of the default session."
        return self._default.fork()

    @property
    def changes(self) -> tuple[Change, ...]:
        "What the default session has written."
        return self._default.changes

    @property
    def rules(self) -> Rules:
        """The learned rules, each with its support: read them, and give another selection to
        `with_rules`."""
        return rules_of(self.backend.state)

    def rule(self, tool: str, text: str) -> Rule:
        """A rule by hand, as `parse_rule` reads it. Raises ToolError where it cannot be read."""
        if tool not in self.backend.tools:
            raise ToolError(f"no tool {tool!r}; the tools are {', '.join(self.backend.tools)}")
        return parse_rule(tool, text, self.backend.state)

    def with_rules(self, rules: Iterable[Rule]) -> ToolMocker:
        """A mocker with these rules in place of the learned ones: leave rules out to disable them,
        put others in to correct or add."""
        state = with_rules(self.backend.state, rules)
        return _with(self, backend=replace(self.backend, state=state))

    def with_functions(self, functions: Mapping[str, StateFunction]) -> ToolMocker:
        "A mocker in which these functions `(state, **arguments)` answer for their tools."
        other = _with(self)
        _bring(other, functions)
        return other

    def __repr__(self) -> str:
        return f"ToolMocker({len(self.tools)} tools, {len(self.backend.state.base)} documents)"


def _with(mocker: ToolMocker, **parts: object) -> ToolMocker:
    other = ToolMocker.__new__(ToolMocker)
    other.__dict__.update({**mocker.__dict__, **parts})
    other.reset()
    return other


def _bring(mocker: ToolMocker, functions: Mapping[str, StateFunction]) -> None:
    for name in functions:
        if name not in mocker.tools:
            known = ", ".join(mocker.tools)
            raise ToolError(f"no tool {name!r} in the logs; the tools are {known}")
    mocker._functions = dict(functions)
    mocker.reset()


def agreement_of(mocker: ToolMocker, name: str, traces: Sequence[Trace]) -> Agreement:
    """How far a declared function says what the logs say, the state before each call taken from the
    log."""
    right = total = 0
    first = None
    for trace in traces:
        session = mocker.session(trace=trace)
        for call in logged_calls(trace):
            if call.name == name:
                said = session.fork().call(name, call.arguments).value
                total, agrees = total + 1, key_of(said) == key_of(call.value)
                right += agrees
                if not agrees and first is None:
                    first = call.conversation, call.turn, said, call.value
            session.adopt(call)
    return Agreement(name, right, total, first)

