"""Agents: what they may propose, the offline ones, and those that ask a language model. Names load
when first used."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent_gym.agent.gemini import GeminiLLM
    from agent_gym.agent.llm_agent import LLMAgent
    from agent_gym.agent.openai import OpenAICompatibleLLM
    from agent_gym.agent.policy import ActPolicy
    from agent_gym.agent.policy_agent import PolicyAgent
    from agent_gym.agent.proposals import Proposals
    from agent_gym.agent.query import QueryAgent, ReplayAgent
    from agent_gym.agent.retrieval import RetrievalAgent

_HOME = {
    "GeminiLLM": "gemini",
    "LLMAgent": "llm_agent",
    "OpenAICompatibleLLM": "openai",
    "ActPolicy": "policy",
    "PolicyAgent": "policy_agent",
    "Proposals": "proposals",
    "QueryAgent": "query",
    "ReplayAgent": "query",
    "RetrievalAgent": "retrieval",
}
__all__ = [
    "ActPolicy",
    "GeminiLLM",
    "LLMAgent",
    "OpenAICompatibleLLM",
    "PolicyAgent",
    "Proposals",
    "QueryAgent",
    "ReplayAgent",
    "RetrievalAgent",
]


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'agent_gym.agent' has no attribute {name!r}")
    value = getattr(_import_module(f"agent_gym.agent.{_HOME[name]}"), name)
    globals()[name] = value
    return value
