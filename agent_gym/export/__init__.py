"""Data sets for trainers: demonstrations, preferences, and prompts with a gym behind them."""

from agent_gym.export.files import arrow_table, write_dataset, write_rows
from agent_gym.export.rows import chat_message, to_dpo, to_grpo, to_sft, tool_definitions
from agent_gym.export.template import ExportError, mask_labels
from agent_gym.export.text import conversation_text, read_turn

__all__ = [
    "ExportError",
    "arrow_table",
    "chat_message",
    "conversation_text",
    "mask_labels",
    "read_turn",
    "to_dpo",
    "to_grpo",
    "to_sft",
    "tool_definitions",
    "write_dataset",
    "write_rows",
]
