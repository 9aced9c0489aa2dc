"""Whether an application costs PostgreSQL more once there are many."""

from __future__ import annotations

from deploy.local.stack import Stack
from tests.benchmarks.chain.running import running_chain, warm_up
from tests.benchmarks.chain.sizes import Sizes


async def growth(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """PostgreSQL's processor time an application: the first ones against those after many."""
    async with running_chain(stack) as chain, chain.officer():
        await warm_up(chain)
        first = (await chain.work_off(sizes.portion)).seconds["postgresql"]
        if (more := sizes.later - chain.sent) > 0:
            await chain.work_off(more)
        later = (await chain.work_off(sizes.portion)).seconds["postgresql"]
    each = 1e6 / sizes.portion
    return {"growth.first": first * each, "growth.later": later * each, "growth.ratio": later / first}
