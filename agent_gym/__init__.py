"""Turn conversation logs into a reinforcement-learning environment.

The names below are the public surface; each is loaded from its room when first used, so that
`import agent_gym` is quick.
"""

__version__ = "0.1.0"

import sys as _sys
from importlib import import_module as _import_module
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent_gym.agent import (
        GeminiLLM,
        LLMAgent,
        OpenAICompatibleLLM,
        QueryAgent,
        ReplayAgent,
        RetrievalAgent,
    )
    from agent_gym.compare import compare
    from agent_gym.environment import (
        AgentGymEnv,
        Comparison,
        Episode,
        EpisodeSet,
        Estimate,
        rollout,
    )
    from agent_gym.explore import EpisodeExplorer, MockerExplorer, TraceExplorer
    from agent_gym.export import to_dpo, to_grpo, to_sft
    from agent_gym.factory import Gym, create_environment, load_gym
    from agent_gym.llm import LLM
    from agent_gym.mocker import ToolMocker, ToolResult, ToolSession
    from agent_gym.parser import load_traces
    from agent_gym.report import ReportCard
    from agent_gym.reward import (
        Label,
        Labels,
        LLMJudge,
        Part,
        Policy,
        Reward,
        RewardBreakdown,
        Verifier,
    )
    from agent_gym.tools import infer_tools
    from agent_gym.trace import (
        AgentGymError,
        EpisodeError,
        LLMError,
        Message,
        ToolCall,
        ToolError,
        ToolSpec,
        Trace,
        TraceError,
        TraceSet,
    )
    from agent_gym.train import TrainResult, train
    from agent_gym.user import LLMUser, TraceUser

_ROOMS = {
    "trace": (
        "AgentGymError",
        "EpisodeError",
        "LLMError",
        "Message",
        "ToolCall",
        "ToolError",
        "ToolSpec",
        "Trace",
        "TraceError",
        "TraceSet",
    ),
    "llm": ("LLM",),
    "tools": ("infer_tools",),
    "parser": ("load_traces",),
    "mocker": ("ToolMocker", "ToolResult", "ToolSession"),
    "reward": (
        "Label",
        "Labels",
        "LLMJudge",
        "Part",
        "Policy",
        "Reward",
        "RewardBreakdown",
        "Verifier",
    ),
    "user": ("LLMUser", "TraceUser"),
    "environment": ("AgentGymEnv", "Comparison", "Episode", "EpisodeSet", "Estimate", "rollout"),
    "agent": (
        "GeminiLLM",
        "LLMAgent",
        "OpenAICompatibleLLM",
        "QueryAgent",
        "ReplayAgent",
        "RetrievalAgent",
    ),
    "compare": ("compare",),
    "train": ("TrainResult", "train"),
    "report": ("ReportCard",),
    "export": ("to_dpo", "to_grpo", "to_sft"),
    "factory": ("Gym", "create_environment", "load_gym"),
    "explore": ("EpisodeExplorer", "MockerExplorer", "TraceExplorer"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}
__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'agent_gym' has no attribute {name!r}")
    if _HOME[name] in ("parser", "environment", "factory"):
        register_envs()
    value = getattr(_import_module(f"agent_gym.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])


def register_envs() -> None:
    """Make `AgentGym-v0` known to Gymnasium. Done where Gymnasium is there already, and with the
    first use of traces or gyms: not on import, which stays quick."""
    from gymnasium.envs.registration import register, registry

    if "AgentGym-v0" not in registry:
        register("AgentGym-v0", entry_point="agent_gym.factory:make_env", disable_env_checker=True)


class _Package(_ModuleType):
    """Importing a room that is named like its function (`agent_gym.train`) must not hide the
    function `agent_gym.train`."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(
            name,
            getattr(value, name) if name in _HOME and isinstance(value, _ModuleType) else value,
        )

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Functions of a notebook that say `ag.Message` travel to other processes with a reference
        to this module."""
        return _import_module, (__name__,)


_sys.modules[__name__].__class__ = _Package
if "gymnasium" in _sys.modules:
    register_envs()
