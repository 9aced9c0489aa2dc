"""What the services use while nothing happens."""

from __future__ import annotations

import asyncio

from deploy.local.stack import Stack
from tests.benchmarks._measuring import memory_mb
from tests.benchmarks.chain.running import running_chain, warm_up
from tests.benchmarks.chain.sizes import Sizes

# What a load leaves to be done (marks of the outbox, statistics) is done by then.
_CALM_SECONDS = 3.0


async def resting(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """Shares of a core over a window in which nothing is sent, and the memory at its end."""
    async with running_chain(stack) as chain:
        async with chain.officer():
            await warm_up(chain)
        await asyncio.sleep(_CALM_SECONDS)
        before, committed = await chain.usage(), await chain.transactions()
        await asyncio.sleep(sizes.idle_seconds)
        used = (await chain.usage()).since(before)
        committed = await chain.transactions() - committed
        memory = {f"memory.rest.{name}": memory_mb(it.process_id) for name, it in stack.services.items()}
    shares = {f"idle.cpu.{name}": 100 * seconds / used.at for name, seconds in used.seconds.items()}
    return memory | shares | {"idle.transactions": committed / used.at}
