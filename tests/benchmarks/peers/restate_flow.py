"""The thin flow in Restate: objects that keep applications, needs and mentors, and a delayed call a follow-up.

Arguments: how many flows, the server's program, and a directory for its data. Run by the peers' own Python, where
nothing can be reached but this machine: the server looks for newer versions of itself, and has no setting against it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import restate  # type: ignore[import-not-found]
from flow_load import FOLLOW_UPS, MENTORS, NEEDS, application, follow_ups, measure  # type: ignore[import-not-found]
from hypercorn.asyncio import serve  # type: ignore[import-not-found]
from hypercorn.config import Config  # type: ignore[import-not-found]

_IN_FLIGHT = 64
_PATIENCE_SECONDS = 30.0


class Ports(NamedTuple):
    """Where the server takes calls, is administered and meets its like, and where our objects are served."""

    ingress: int
    admin: int
    fabric: int
    objects: int


def main() -> None:
    """Prints the seconds that the flows took."""
    ports = Ports(*(_free_port() for _ in Ports._fields))
    with asyncio.Runner() as runner, _server(sys.argv[2], sys.argv[3], ports):
        serving = runner.get_loop().create_task(_serve(ports.objects))
        runner.run(_register(ports))
        measure(lambda numbers: runner.run(_carry_out(ports.ingress, numbers)))
        serving.cancel()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def _server(program: str, directory: str, ports: Ports) -> Iterator[None]:
    settings = {
        "RESTATE_BASE_DIR": directory,
        "RESTATE_LISTEN_MODE": "tcp",
        "RESTATE_BIND_IP": "127.0.0.1",
        "RESTATE_BIND_ADDRESS": f"127.0.0.1:{ports.fabric}",
        "RESTATE_ADVERTISED_ADDRESS": f"http://127.0.0.1:{ports.fabric}",
        "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ports.ingress}",
        "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{ports.admin}",
        "RESTATE_ADMIN__DISABLE_WEB_UI": "true",
        "RESTATE_DISABLE_TELEMETRY": "true",
        "RESTATE_LOG_FILTER": "error,octocrab=off",
    }
    server = subprocess.Popen(
        [program, "--no-logo", "--node-name=thin-flow"], env={**os.environ, **settings}, stdout=sys.stderr
    )
    try:
        yield
    finally:
        server.terminate()
        server.wait()


async def _serve(port: int) -> None:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.loglevel = "ERROR"
    config.h2_max_concurrent_streams = config.keep_alive_max_requests = 2**31 - 1
    await serve(restate.app(services=_objects()), config, shutdown_trigger=asyncio.Event().wait)


def _objects() -> list[Any]:
    applications, needs = restate.VirtualObject("application"), restate.VirtualObject("need")
    mentors, mails = restate.VirtualObject("mentor"), restate.VirtualObject("follow-up")

    async def take_place(context: Any, application_id: str) -> str:
        context.set("taken", (await context.get("taken") or 0) + 1)
        return str(context.key())

    async def send(context: Any, follow_up: dict[str, Any]) -> None:
        context.set("sent", follow_up)

    assign = needs.handler("assign")(take_place)
    pair = mentors.handler("pair")(take_place)
    send_when_due = mails.handler("send")(send)

    async def accompany(context: Any, form: dict[str, Any]) -> int:
        application_id = context.key()
        context.set("form", form)
        context.set("need", await context.object_call(assign, str(form["number"] % NEEDS), application_id))
        context.set("mentor", await context.object_call(pair, str(form["number"] % MENTORS), application_id))
        planned = follow_ups(application_id)
        for it in planned:
            delay = timedelta(days=it["days"])
            context.object_send(send_when_due, f"{application_id}-{it['kind']}", it, send_delay=delay)
        return len(planned)

    applications.handler("accompany")(accompany)
    return [applications, needs, mentors, mails]


async def _register(ports: Ports) -> None:
    body = json.dumps({"uri": f"http://127.0.0.1:{ports.objects}"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{ports.admin}/deployments", body, {"content-type": "application/json"}
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            await asyncio.to_thread(urllib.request.urlopen, request, timeout=10)
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
        else:
            return


async def _carry_out(port: int, numbers: range) -> None:
    left = iter(numbers)

    async def call_one_after_the_other() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in left:
            await _call(reader, writer, application(number))
        writer.close()

    await asyncio.gather(*(call_one_after_the_other() for _ in range(_IN_FLIGHT)))


async def _call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, form: dict[str, Any]) -> None:
    body, name = json.dumps(form).encode(), form["application_id"]
    head = f"POST /application/{name}/accompany HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    writer.write(f"{head}idempotency-key: {name}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
    status, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
    length = next(int(it.partition(":")[2]) for it in headers if it.startswith("content-length:"))
    answer = await reader.readexactly(length)
    if " 200 " not in status or json.loads(answer) != FOLLOW_UPS:
        raise RuntimeError(f"{name}: {status} {answer.decode()}")


if __name__ == "__main__":
    main()
