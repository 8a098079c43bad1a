"""Shared fixtures. No test reaches past this machine: a socket to anything but itself raises."""

import socket
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import agent_gym as ag

ROOT = Path(__file__).resolve().parents[1]
_LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    "Fail any connection that leaves the loopback."
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and str(address[0]) not in _LOCAL:
            raise OSError(f"tests have no network, refused {address[0]}")
        return connect(self, address)

    def guarded_look_up(host, *args, **kwargs):
        if (
            host is not None
            and (host.decode() if isinstance(host, bytes) else str(host)) not in _LOCAL
        ):
            raise OSError(f"tests have no network, refused to look up {host}")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


@pytest.fixture(scope="session")
def sample_logs() -> "Callable[[int, int], ag.TraceSet]":
    "`sample_logs(n, seed)`: logs of the sample world, once a session. Copy before changing one."
    from agent_gym.sample import sample_traces
    from agent_gym.trace import TraceSet

    return cache(lambda n, seed: TraceSet(sample_traces(n, seed)))


@pytest.fixture(scope="session")
def sample_gym(sample_logs) -> "Callable[[int, int], ag.Gym]":
    "`sample_gym(n, seed)`: the gym of `sample_logs(n, seed)`, learned once a session."
    from agent_gym.factory import create_environment

    return cache(lambda n, seed: create_environment(sample_logs(n, seed)))


@pytest.fixture(scope="session")
def shipped_logs() -> "ag.TraceSet":
    "The first 110 conversations of `data/processed`."
    from agent_gym.parser import load_traces

    return load_traces(ROOT / "data" / "processed", progress=False)[:110]


@pytest.fixture(scope="session")
def shipped_gym(shipped_logs) -> "ag.Gym":
    "The gym of `shipped_logs`; its default session is shared, so make sessions of your own."
    from agent_gym.factory import create_environment

    return create_environment(shipped_logs)
