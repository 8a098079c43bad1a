"""Simulated users: from one logged conversation, alone or with what all conversations teach; and
more customers than were logged."""

from agent_gym.dialogue.script import Script
from agent_gym.user.llm_user import LLMUser
from agent_gym.user.trace_user import Persona, TraceUser, UserModel
from agent_gym.user.vary import multiply, shared

__all__ = ["LLMUser", "Persona", "Script", "TraceUser", "UserModel", "multiply", "shared"]
