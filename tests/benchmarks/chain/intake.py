"""Intake alone: forms a second, and for each second of a core that it uses."""

from __future__ import annotations

from deploy.local.stack import Stack
from tests.benchmarks._load import FORMS, form_records, produce
from tests.benchmarks.chain.running import running_chain
from tests.benchmarks.chain.sizes import Sizes

_WARM_UP = 2_000


async def intake(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """Its rate, and what a form costs."""
    async with running_chain(stack) as chain:
        await produce(chain.producer, FORMS, form_records(_WARM_UP))
        await chain.settle()
        records = form_records(sizes.forms, first=_WARM_UP)
        before = await chain.usage()
        await produce(chain.producer, FORMS, records)
        await chain.settle()
        used = (await chain.usage()).since(before)
    count = sizes.forms
    return {
        "intake.rate": count / used.at,
        "intake.rate_a_core": count / used.seconds["intake"],
        "intake.cpu.postgresql": used.seconds["postgresql"] / count * 1e6,
        "intake.wal": used.wal / count,
    }
