"""Rewards from logs: replies and episodes graded by named parts that show what they rest on."""
from agent_gym.reward.breakdown import Part, RewardBreakdown
from agent_gym.reward.reward import Reward, RewardPart

__all__ = ["Part", "Reward", "RewardBreakdown", "RewardPart"]
