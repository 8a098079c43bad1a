"""A backend learned from logs: records, writes, refusals and look-ups, with state, provenance and calibrated confidence."""
from agent_gym.mocker.editing import Rule, Rules
from agent_gym.mocker.results import Change, ToolResult
from agent_gym.mocker.session import ToolMocker, ToolSession

__all__ = ["Change", "Rule", "Rules", "ToolMocker", "ToolResult", "ToolSession"]
