"""Explorers for the notebook: traces, episodes, the mocker."""
from agent_gym.explore.episodes import EpisodeExplorer
from agent_gym.explore.mocker import MockerExplorer
from agent_gym.explore.together import explore
from agent_gym.explore.traces import TraceExplorer

__all__ = ["EpisodeExplorer", "MockerExplorer", "TraceExplorer", "explore"]
