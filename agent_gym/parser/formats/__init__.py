"""One small module a format: each registers what knows its records and what reads them. `agent_gym.parser.registry` finds them all."""
