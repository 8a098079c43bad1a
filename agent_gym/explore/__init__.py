"""Explorers for the notebook: traces, episodes, the mocker."""
from agent_gym.explore.traces import TraceExplorer

__all__ = ["TraceExplorer"]
