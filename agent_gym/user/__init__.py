"""Simulated users: from one logged conversation, alone or with what all conversations teach; and more customers than were logged."""
from agent_gym.user.llm import LLMUser
from agent_gym.user.model import UserModel
from agent_gym.user.multiply import multiply, shared
from agent_gym.dialogue.script import Script
from agent_gym.user.traced import Persona, TraceUser

__all__ = ["LLMUser", "Persona", "Script", "TraceUser", "UserModel", "multiply", "shared"]
