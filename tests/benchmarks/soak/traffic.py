"""Mixed traffic in a steady state: as many projects come as go, each corrected in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.codec import Record
from contracts.message import EventData
from tests.benchmarks._load import FORMS, applications, record_of
from tests.benchmarks.chain.running import Chain

CORRECTED_AFTER: Final = 200
"""Applications after which one is corrected: it is proposed and confirmed by then."""

WITHDRAWN_AFTER: Final = 600
"""Applications after which one is withdrawn: so many stand at any moment."""

# Numbers of their own, so that no two events of the bench have one id.
_CORRECTIONS: Final = 200_000_000
_WITHDRAWALS: Final = 300_000_000


def step(number: int, first: int) -> list[Record]:
    """What is sent in step `number`: a new project, the correction of an older one, the end of a still older one."""
    said: list[tuple[EventData, int]] = [(_form(number), number)]
    if (corrected := number - CORRECTED_AFTER) >= first:
        form = _form(corrected)
        project = form.project.model_copy(update={"title": f"{form.project.title} (corrigé)"})
        said.append((form.model_copy(update={"project": project}), _CORRECTIONS + corrected))
    if (ended := number - WITHDRAWN_AFTER) >= first:
        left = ApplicationWithdrawalRequested(
            application_id=_form(ended).application_id, requested_at=datetime.now(UTC)
        )
        said.append((left, _WITHDRAWALS + ended))
    return [record_of(data, number)[1] for data, number in said]


async def send(chain: Chain, rate: float, until: float) -> int:
    """Sends steps at a steady rate until a moment of the monotonic clock; returns how many."""
    began, first = time.monotonic(), chain.sent
    while time.monotonic() < until:
        await _send(chain, step(chain.sent, first))
        chain.sent += 1
        # By the clock and not by the answers, as people send.
        await asyncio.sleep(max(0.0, began + (chain.sent - first) / rate - time.monotonic()))
    return chain.sent - first


async def _send(chain: Chain, records: Sequence[Record]) -> None:
    for record in records:
        await chain.producer.send(FORMS, record.value, record.key, headers=record.headers)


def _form(number: int) -> ApplicationSubmitted:
    return applications(1, first=number)[0]
