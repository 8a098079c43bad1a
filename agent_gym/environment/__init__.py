"""Episodes with a learned backend and a simulated user, the Gymnasium environment, rollouts and
what comes out of them."""

from typing import TYPE_CHECKING

from agent_gym.environment.action import MalformedAction, parse_action
from agent_gym.environment.episode import Episode, Step
from agent_gym.environment.offpolicy import OffPolicy, off_policy
from agent_gym.environment.records import EpisodeRecord, EpisodeSet
from agent_gym.environment.retry import RetrySet
from agent_gym.environment.rollouts import rollout
from agent_gym.environment.statistics import Comparison, Estimate
from agent_gym.environment.tasks import Task, TaskSet
from agent_gym.environment.world import World

if TYPE_CHECKING:
    from agent_gym.environment.env import AgentGymEnv, AnyText

__all__ = [
    "AgentGymEnv",
    "AnyText",
    "Comparison",
    "Episode",
    "EpisodeRecord",
    "EpisodeSet",
    "Estimate",
    "MalformedAction",
    "OffPolicy",
    "RetrySet",
    "Step",
    "Task",
    "TaskSet",
    "World",
    "off_policy",
    "parse_action",
    "rollout",
]


def __getattr__(name: str):
    """Gymnasium is loaded with the first use of an environment, so that episodes and rollouts do
    without it."""
    if name not in ("AgentGymEnv", "AnyText"):
        raise AttributeError(f"module 'agent_gym.environment' has no attribute {name!r}")
    from agent_gym.environment import env

    return getattr(env, name)
