"""Doors that hold: whatever is held open, slow or endless, memory is bounded and good requests are answered."""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from contracts.catalogue import SERVICES
from deploy.local.ports import free_port
from deploy.local.stack import WITH_ROUTES, Stack
from deploy.roles import PAGES
from libraries.links.seal import Seal
from services.notifications.links import Links
from tests.door import request, signed
from tests.forms import application, identifier

HELD, BODY = 200, 1_000_000
HEADER_SECONDS, BODY_SECONDS = 2, 4
MEMORY = 8_000_000
# What Python's allocator, and copies on their way, may take beside what is held.
ALLOWED_MEGABYTES = 25.0
CONNECTIONS = 150


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    environment = {
        "ENGAGE_HTTP_HEADER_SECONDS": str(HEADER_SECONDS),
        "ENGAGE_HTTP_BODY_SECONDS": str(BODY_SECONDS),
        "ENGAGE_HTTP_MEMORY_BYTES": str(MEMORY),
        "ENGAGE_HTTP_CONNECTIONS": str(CONNECTIONS),
        "ENGAGE_HTTP_CONNECTIONS_PER_ADDRESS": "100",
    }
    with Stack(services=("intake", "matching", "notifications"), environment=environment) as made:
        # The first request loads what later ones use: it is no part of what they hold.
        assert is_answered(made, "first")
        yield made


def is_answered(stack: Stack, name: str) -> bool:
    """Whether a form that does as it should is taken in, at once."""
    body = application(name).model_dump_json().encode()
    begun = time.monotonic()
    status = request(
        stack.addresses()["intake"], "POST", "/v1/applications", body, signed(stack.door_secret, name, body)
    ).status
    return status == 202 and time.monotonic() - begun < HEADER_SECONDS


def megabytes(stack: Stack, service: str) -> float:
    status = Path(f"/proc/{stack.services[service].process_id}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) / 1024


def connected(stack: Stack, service: str, source: str = "127.0.0.1") -> socket.socket:
    port = urlsplit(stack.addresses()[service]).port
    made = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
    made.settimeout(1)
    return made


def post(path: str, headers: dict[str, str], size: int) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: test", f"content-length: {size}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


@contextmanager
def held_bodies(stack: Stack, headers: dict[str, str]) -> Iterator[list[socket.socket]]:
    """So many bodies of a form, all but the last byte sent, held open."""
    with ExitStack() as held:
        made = []
        for _ in range(HELD):
            connection = held.enter_context(connected(stack, "intake"))
            # The door may have hung up meanwhile, or take no more.
            with suppress(OSError):
                connection.sendall(post("/v1/applications", headers, BODY) + b" " * (BODY - 1))
            made.append(connection)
        yield made


def is_over(connection: socket.socket, within: float) -> bool:
    """Whether the other side hangs up in time, whatever it says before."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            if not connection.recv(65_536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_unsigned_bodies_are_refused_before_they_are_read(stack: Stack) -> None:
    before = megabytes(stack, "intake")
    with held_bodies(stack, {"content-type": "application/json"}) as held:
        assert megabytes(stack, "intake") - before < ALLOWED_MEGABYTES
        assert is_answered(stack, "beside unsigned bodies")
        assert all(is_over(connection, within=BODY_SECONDS + 2) for connection in held)
    assert megabytes(stack, "intake") - before < ALLOWED_MEGABYTES


def test_bodies_that_look_signed_push_each_other_out(stack: Stack) -> None:
    before = megabytes(stack, "intake")
    with held_bodies(stack, signed(stack.door_secret, "forged", b"other")) as held:
        assert megabytes(stack, "intake") - before < ALLOWED_MEGABYTES
        assert is_answered(stack, "beside forged bodies")
        assert all(is_over(connection, within=BODY_SECONDS + 2) for connection in held)
    text = requests.get(stack.addresses()["intake_health"] + "/metrics", timeout=10).text
    assert 'engage_http_turned_away_total{cause="memory"}' in text


def test_headers_that_never_end_are_not_waited_for(stack: Stack) -> None:
    before = megabytes(stack, "intake")
    with ExitStack() as held:
        half = [held.enter_context(connected(stack, "intake")) for _ in range(90)]
        for connection in half:
            connection.sendall(b"POST /v1/applications HTTP/1.1\r\nhost: test\r\nx-one:")
        assert is_answered(stack, "beside half headers")
        deadline = time.monotonic() + HEADER_SECONDS + 2
        while time.monotonic() < deadline:
            for connection in half:
                with suppress(OSError):
                    connection.sendall(b" x")  # a byte now and then gains no time
        assert all(is_over(connection, within=1) for connection in half)
    assert megabytes(stack, "intake") - before < ALLOWED_MEGABYTES


def test_headers_may_be_only_so_large(stack: Stack) -> None:
    with connected(stack, "intake") as connection:
        with suppress(OSError):
            connection.sendall(b"GET / HTTP/1.1\r\nhost: test\r\n" + b"x-more: " + b"y" * 1_000_000)
        assert is_over(connection, within=1)


def test_a_body_that_never_ends_is_not_waited_for(stack: Stack) -> None:
    with connected(stack, "intake") as connection:
        connection.sendall(post("/v1/applications", signed(stack.door_secret, "slow", b""), 1_000))
        begun = time.monotonic()
        while time.monotonic() - begun < BODY_SECONDS + 2 and not is_over(connection, within=0.2):
            with suppress(OSError):
                connection.sendall(b" ")
        assert BODY_SECONDS - 1 < time.monotonic() - begun < BODY_SECONDS + 2


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_on_a_valid_link_is_not_read(stack: Stack, chunked: bool) -> None:
    links = Links(stack.addresses()["notifications"], Seal([stack.door_secret.encode()]))
    path = urlsplit(links.unsubscribing(identifier("somebody"), datetime.now(UTC))).path
    before, sent, part = megabytes(stack, "notifications"), 0, b"x" * 100_000
    with connected(stack, "notifications") as connection:
        head = post(path, {}, 300_000_000)
        if chunked:
            head = head.replace(b"content-length: 300000000", b"transfer-encoding: chunked")
        with suppress(OSError):
            connection.sendall(head)
            while sent < 300_000_000:
                connection.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                sent += len(part)
        assert sent < 20_000_000, "beside what is in the buffers of both sides nothing was read"
        assert connection.recv(12) == b"HTTP/1.1 413"
        assert is_over(connection, within=BODY_SECONDS)
    assert megabytes(stack, "notifications") - before < ALLOWED_MEGABYTES


def test_one_address_does_not_keep_the_others_out(stack: Stack) -> None:
    with ExitStack() as held:
        for source in ("127.0.0.2", "127.0.0.3"):
            for _ in range(120):
                held.enter_context(connected(stack, "intake", source))
        assert is_answered(stack, "beside crowds")
        assert is_answered(stack, "beside crowds, again")


def test_whoever_does_not_read_is_not_waited_for(stack: Stack) -> None:
    before = megabytes(stack, "intake")
    with connected(stack, "intake") as connection:
        ask = b"GET /v1/openapi.json HTTP/1.1\r\nhost: test\r\n\r\n"
        begun = time.monotonic()
        with suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - begun < BODY_SECONDS * 3:
                with suppress(TimeoutError):
                    connection.sendall(ask * 100)
        assert time.monotonic() - begun < BODY_SECONDS * 3, "it was hung up on"
    assert megabytes(stack, "intake") - before < ALLOWED_MEGABYTES


def test_only_services_with_routes_open_a_port_for_them(stack: Stack) -> None:
    for service in ("intake", "matching", "notifications"):
        told = [stack.addresses()[f"{service}_health"]]
        if service in WITH_ROUTES:
            told.append(stack.addresses()[service])
        assert listening(stack.services[service].process_id) == {urlsplit(address).port for address in told}


def listening(process_id: int) -> set[int]:
    """The TCP ports on which a process listens."""
    links = (Path(f"/proc/{process_id}/fd")).iterdir()
    inodes = {str(link.readlink()) for link in links if link.is_symlink()}
    rows = [line.split() for line in Path(f"/proc/{process_id}/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def test_health_is_told_while_the_door_is_crowded(stack: Stack) -> None:
    with held_bodies(stack, signed(stack.door_secret, "crowd", b"other")):
        answer = request(stack.addresses()["intake_health"], "GET", "/health/ready")
        assert (answer.status, answer.body) == (200, json.loads('{"status": "ok", "problems": []}'))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ENGAGE_HEALTH_PORT": "taken"}, "ENGAGE_HEALTH_HOST, ENGAGE_HEALTH_PORT: 127.0.0.1:"),
        ({"ENGAGE_DATABASE_TLS": "verify"}, "ENGAGE_DATABASE_TLS: PostgreSQL does not prove who it is"),
        ({"ENGAGE_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092"}, "ENGAGE_KAFKA_SECURITY_PROTOCOL: PLAINTEXT"),
    ],
)
def test_a_service_that_can_not_start_as_it_is_set_says_what_to_change(
    stack: Stack, wrong: dict[str, str], says: str
) -> None:
    running = stack.services["matching"]
    taken = running.environment["ENGAGE_HEALTH_PORT"]
    environment = {**os.environ, **running.environment, "ENGAGE_HEALTH_PORT": str(free_port())}
    environment.update({name: taken if value == "taken" else value for name, value in wrong.items()})
    done = subprocess.run(running.argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_services_with_routes_are_those_that_have_a_door() -> None:
    with_door = {name for name in SERVICES if importlib.import_module(f"services.{name}.app").SERVICE.http is not None}
    assert with_door == set(WITH_ROUTES) - set(PAGES)
