"""True worlds for measuring: a domain with a real backend, scripted customers, desk rules and a verdict that no gym ever sees.

They stand in for the domains the package has never met, so nothing here is part of the package and nothing of it may enter there.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from pydantic import JsonValue

from agent_gym.trace import Message, ToolCall, ToolSpec, dumps


class Scene(Protocol):
    "One customer with one request, and the backend behind the desk. `reply` is None, or the scene has a true `left`, when the customer is gone."

    def open(self) -> str: ...
    def call(self, name: str, arguments: dict[str, JsonValue]) -> tuple[JsonValue, bool]: ...
    def reply(self, text: str) -> str | None: ...


class Acts(Protocol):
    "What an agent needs to be: one assistant turn for the messages so far."

    def act(self, messages: list[Message], tools: Sequence[ToolSpec]) -> Message: ...


def play(
    scene: Scene,
    agent: Acts,
    tools: Sequence[ToolSpec],
    turns: int = 30,
    on_call: Callable[[ToolCall, JsonValue, bool], None] | None = None,
) -> list[Message]:
    "The talk of `agent` with the customer of `scene`, for at most `turns` turns of the agent; `on_call` sees every call with its true answer."
    messages = [Message(role="user", content=scene.open())]
    for k in range(turns):
        turn = agent.act(list(messages), list(tools))
        calls = [
            c if c.id else c.model_copy(update={"id": f"call_{k}_{i}"})
            for i, c in enumerate(turn.tool_calls)
        ]
        messages.append(Message(role="assistant", content=turn.content, tool_calls=calls))
        for c in calls:
            value, is_error = scene.call(c.name, c.arguments)
            if on_call is not None:
                on_call(c, value, is_error)
            messages.append(
                Message(
                    role="tool",
                    name=c.name,
                    tool_call_id=c.id,
                    content=dumps(value),
                    result=value,
                    is_error=is_error,
                )
            )
        if not calls:
            words = scene.reply(turn.content or "")
            messages += [] if words is None else [Message(role="user", content=words)]
            if words is None or getattr(scene, "left", False):
                break
    return messages
