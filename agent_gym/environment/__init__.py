"""Episodes with a learned backend and a simulated user, the Gymnasium environment, rollouts and what comes out of them."""
from agent_gym.environment.action import MalformedAction, parse_action
from agent_gym.environment.episode import Episode, Step
from agent_gym.environment.tasks import Task, TaskSet
from agent_gym.environment.world import World

__all__ = ["AgentGymEnv", "AnyText", "Episode", "MalformedAction", "Step", "Task", "TaskSet", "World", "parse_action"]
_HOME = {"AgentGymEnv": "env", "AnyText": "env"}


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'agent_gym.environment' has no attribute {name!r}")
    from importlib import import_module
    return getattr(import_module(f"agent_gym.environment.{_HOME[name]}"), name)
