"""A backend learned from logs: what was shown, what calls do to it and when they fail, with
provenance and calibrated confidence."""

from agent_gym.mocker.results import Change, ToolResult
from agent_gym.mocker.rules import Rule, Rules
from agent_gym.mocker.session import ToolMocker, ToolSession

__all__ = ["Change", "Rule", "Rules", "ToolMocker", "ToolResult", "ToolSession"]
