"""Shared fixtures. No test reaches past this machine: a socket to anything but itself raises."""

import socket

import pytest

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
