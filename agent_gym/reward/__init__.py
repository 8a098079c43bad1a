"""Rewards from logs: replies and episodes graded by named parts that show what they rest on."""

from agent_gym.reward.annotations import Label, Labels
from agent_gym.reward.breakdown import Part, RewardBreakdown
from agent_gym.reward.rules import Guard
from agent_gym.reward.judge import LLMJudge, llm_judge
from agent_gym.reward.policy import Policy
from agent_gym.reward.reward import Reward, RewardPart
from agent_gym.reward.verifier import Verdict, Verifier

__all__ = [
    "Guard",
    "LLMJudge",
    "Label",
    "Labels",
    "Part",
    "Policy",
    "Reward",
    "RewardBreakdown",
    "RewardPart",
    "Verdict",
    "Verifier",
    "llm_judge",
]
