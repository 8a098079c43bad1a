"""Turn conversation logs into a reinforcement-learning environment."""
__version__ = "0.1.0"
