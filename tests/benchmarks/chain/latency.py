"""From a form to the mail that is planned about its proposal, at a steady rate: four hops over three services."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiokafka import ConsumerRecord

from contracts.codec import Headers, Record, peek_type
from contracts.follow_ups import FollowUpPlanned
from deploy.local.stack import Stack
from tests.benchmarks._load import form_records
from tests.benchmarks._measuring import percentile
from tests.benchmarks.chain.running import Chain, from_now_on, running_chain, warm_up
from tests.benchmarks.chain.sizes import Sizes

_RATES = (50, 500)
_TOPIC = "follow-ups.v1"
_PLANNED = FollowUpPlanned.event_type.encode()
_KIND = "assignment-proposal"
_PATIENCE_SECONDS = 120.0


async def latency(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """Milliseconds at the median and the 99th percentile, at each rate."""
    figures = {}
    async with running_chain(stack) as chain, chain.officer():
        await warm_up(chain)
        for rate in _RATES:
            found = await _latencies(chain, rate, int(rate * sizes.latency_seconds))
            await chain.settle()
            for share in (50, 99):
                figures[f"latency.{rate}.p{share}"] = 1000 * percentile(found, share / 100)
    return figures


async def _latencies(chain: Chain, rate: int, count: int) -> list[float]:
    """Seconds from each form's send to its planned mail."""
    sent: dict[bytes, float] = {}
    found: list[float] = []
    records = form_records(count, first=chain.sent)

    def hear(record: ConsumerRecord[bytes, bytes], at: float) -> None:
        if _plans_proposal(record) and (began := sent.pop(_story(record.headers), None)) is not None:
            found.append(at - began)

    def note(record: Record) -> None:
        sent[_story(record.headers)] = time.perf_counter()

    async with _listening(chain.stack, hear):
        await chain.send_steadily(records, rate, note)
        chain.expect(count)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while len(found) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{count - len(found)} of {count} forms led to no planned mail")
            await asyncio.sleep(0.05)
    return found


@asynccontextmanager
async def _listening(stack: Stack, hear: Callable[[ConsumerRecord[bytes, bytes], float], None]) -> AsyncIterator[None]:
    async with from_now_on(stack, _TOPIC, hold_ms=5) as consumer:

        async def listen() -> None:
            while True:
                for batch in (await consumer.getmany(timeout_ms=20)).values():
                    at = time.perf_counter()
                    for record in batch:
                        hear(record, at)

        listening = asyncio.create_task(listen())
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _plans_proposal(record: ConsumerRecord[bytes, bytes]) -> bool:
    if peek_type(record.headers) != _PLANNED:
        return False
    return any(it["kind"] == _KIND for it in json.loads(record.value)["follow_ups"])


def _story(headers: Headers) -> bytes:
    """The id of the form's event: a header of its own, left out where an event begins its story."""
    by_name = dict(headers)
    return by_name.get("ce_correlationid") or by_name.get("ce_id") or b""
