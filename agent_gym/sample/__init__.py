"""A small true world: subscriptions of a streaming service on SQLite, customers, a policy, and the
logs in `data/`. Tests and docs check against it."""

from agent_gym.sample.agent import ScriptedAgent
from agent_gym.sample.logs import sample_traces, true_world, world_of, world_seed, write_logs
from agent_gym.sample.world import Evaluation, Verdict, World, evaluate, play

__all__ = [
    "Evaluation",
    "ScriptedAgent",
    "Verdict",
    "World",
    "evaluate",
    "play",
    "sample_traces",
    "true_world",
    "world_of",
    "world_seed",
    "write_logs",
]
