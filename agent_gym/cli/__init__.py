"""The console command `agent-gym`."""

from agent_gym.cli.app import app, main

__all__ = ["app", "main"]
