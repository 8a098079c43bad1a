"""Explorers for the notebook: traces, episodes, the mocker, pairs of two agents."""

from agent_gym.explore.episodes import EpisodeExplorer
from agent_gym.explore.mocker import MockerExplorer
from agent_gym.explore.pairs import PairExplorer
from agent_gym.explore.query import Query, parse_query
from agent_gym.explore.together import explore
from agent_gym.explore.traces import TraceExplorer

__all__ = [
    "EpisodeExplorer",
    "MockerExplorer",
    "PairExplorer",
    "Query",
    "TraceExplorer",
    "explore",
    "parse_query",
]
