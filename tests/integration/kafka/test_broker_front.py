"""The embedded broker as clients of others find it: newer questions than it knows, Java's groups, its own address."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator

import pytest

from deploy.local.broker import EmbeddedBroker
from tests.forms import application, sending
from tests.kafka import Sending, read_all, send

API_VERSIONS, METADATA, JOIN_GROUP, LEAVE_GROUP = 18, 3, 11, 13


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker({"forms.applications.v1": 4}) as started:
        yield started


async def ask(servers: str, api: int, version: int, body: bytes) -> bytes:
    """The answer to one request, behind its number."""
    host, _, port = servers.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        request = struct.pack(">hhih", api, version, 7, 4) + b"test" + body
        writer.write(len(request).to_bytes(4) + request)
        answer = await reader.readexactly(int.from_bytes(await reader.readexactly(4)))
    finally:
        writer.close()
    assert int.from_bytes(answer[:4]) == 7
    return answer[4:]


@pytest.mark.parametrize("version", [3, 4, 9])
async def test_a_first_question_of_a_newer_version_is_answered_as_kafka_does(
    version: int, broker: EmbeddedBroker
) -> None:
    answer = await ask(broker.servers_for_others, API_VERSIONS, version, b"\0\x05test\x041.0\0")
    error, count = struct.unpack_from(">hi", answer)
    assert error == 35, "the version is not known, and what is known follows in version 0"
    known = {api: (least, most) for api, least, most in struct.iter_unpack(">hhh", answer[6:])}
    assert len(known) == count > 10
    assert known[API_VERSIONS][1] == 2
    assert (known[JOIN_GROUP][1], known[LEAVE_GROUP][1]) == (5, 2)


async def test_a_question_that_is_known_passes_through(broker: EmbeddedBroker) -> None:
    through = await ask(broker.servers_for_others, API_VERSIONS, 0, b"")
    assert through == await ask(broker.bootstrap_servers, API_VERSIONS, 0, b"")


async def test_whoever_asks_where_to_go_is_sent_back_to_it(broker: EmbeddedBroker) -> None:
    answer = await ask(broker.servers_for_others, METADATA, 1, struct.pack(">i", -1))
    host, _, port = broker.servers_for_others.partition(":")
    assert host.encode() + int(port).to_bytes(4) in answer
    assert int(broker.bootstrap_servers.partition(":")[2]).to_bytes(4) not in answer


async def test_records_pass_through_unchanged(broker: EmbeddedBroker) -> None:
    _, record, _ = sending(application("through"))
    # Even what looks like the broker's own address: it is not what the broker says.
    port = int(broker.bootstrap_servers.partition(":")[2])
    told = record._replace(value=b"127.0.0.1" + port.to_bytes(4))
    await send(broker.servers_for_others, [Sending("forms.applications.v1", told)])
    [read] = await read_all(broker.bootstrap_servers, "forms.applications.v1")
    assert read == (await read_all(broker.servers_for_others, "forms.applications.v1"))[0]
    assert (read.key, read.value) == (told.key, told.value)
