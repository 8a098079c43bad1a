"""Any export of conversations becomes traces: `load_traces`, the registry of formats, and what
reads and writes tables."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent_gym.parser.detection import detect
    from agent_gym.parser.load import load_traces
    from agent_gym.parser.parquet import write_parquet
    from agent_gym.parser.redact import Redactor
    from agent_gym.parser.registry import READERS, Reader, register

_HOME = {
    "load_traces": "load",
    "Reader": "registry",
    "READERS": "registry",
    "detect": "detection",
    "register": "registry",
    "write_parquet": "parquet",
    "Redactor": "redact",
}
__all__ = ["READERS", "Reader", "Redactor", "detect", "load_traces", "register", "write_parquet"]


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'agent_gym.parser' has no attribute {name!r}")
    return getattr(_import_module(f"agent_gym.parser.{_HOME[name]}"), name)
