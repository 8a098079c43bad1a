"""A gym for trainers in other processes."""
from agent_gym.connect.server import GymServer, GymService

__all__ = ["GymServer", "GymService"]
