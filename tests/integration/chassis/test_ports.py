"""A port that another process has is told by its setting, also where both had bound it and neither listened yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from starlette.applications import Starlette

from libraries.chassis.running.http_port import BoundSocket, Port, bound_socket
from libraries.chassis.settings import HttpLimits, SettingsError

LIMITS = HttpLimits(connections=4, connections_per_address=4, header_seconds=5, body_seconds=5, memory_bytes=1_000_000)


@pytest.fixture
def first() -> Iterator[BoundSocket]:
    bound = bound_socket("127.0.0.1", 0, "ENGAGE_HTTP")
    with closing(bound.socket):
        yield bound


def _port(bound: BoundSocket) -> Port:
    return Port(Starlette(), bound, LIMITS, body_bytes=0)


def test_a_port_on_which_another_listens_is_refused_by_its_setting(first: BoundSocket) -> None:
    _port(first).listen()
    number = first.socket.getsockname()[1]
    with pytest.raises(
        SettingsError, match=f"ENGAGE_HEALTH_HOST, ENGAGE_HEALTH_PORT: 127.0.0.1:{number} can't be had: Address already"
    ):
        bound_socket("127.0.0.1", number, "ENGAGE_HEALTH")


def test_of_two_that_have_bound_a_port_the_later_to_listen_is_refused(first: BoundSocket) -> None:
    number = first.socket.getsockname()[1]
    second = bound_socket("127.0.0.1", number, "ENGAGE_HEALTH")
    with closing(second.socket):
        _port(first).listen()
        with pytest.raises(SettingsError, match=f"ENGAGE_HEALTH_PORT: 127.0.0.1:{number} can't be had: Address"):
            _port(second).listen()
