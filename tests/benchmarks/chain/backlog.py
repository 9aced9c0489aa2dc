"""Each service behind a backlog of its own, one after the other: its memory, its rate, and what growth costs after.

Proposals are not confirmed meanwhile: what is looked at is what waits in Kafka, and not what people have decided.
"""

from __future__ import annotations

import time

from contracts.catalogue import PROGRAMME
from deploy.local.stack import Stack
from tests.benchmarks._load import FORMS, form_records, produce
from tests.benchmarks._measuring import peak_memory_mb
from tests.benchmarks.chain.running import Chain, running_chain, warm_up
from tests.benchmarks.chain.sizes import Sizes

_PORTION = 10_000


async def backlog(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """The peak memory and the rate of each service, and PostgreSQL's growth from before the backlog to after it."""
    async with running_chain(stack) as chain:
        async with chain.officer():
            await warm_up(chain)
            first = (await chain.work_off(sizes.portion)).seconds["postgresql"]
        for process in stack.services.values():
            process.terminate()
        await _send(chain, sizes.behind)
        figures: dict[str, float] = {}
        for name in PROGRAMME:
            figures |= await _work_off(chain, name)
        for name, process in stack.services.items():
            process.start()
            stack.wait_until_ready(name)
        async with chain.officer():
            # The services are new, and so are their connections and plans.
            await warm_up(chain)
            later = (await chain.work_off(sizes.portion)).seconds["postgresql"]
    return figures | {"backlog.growth.ratio": later / first}


async def _send(chain: Chain, count: int) -> None:
    for start in range(0, count, _PORTION):
        portion = min(_PORTION, count - start)
        await produce(chain.producer, FORMS, form_records(portion, first=chain.sent, short=True))
        chain.expect(portion, confirmed=False)


async def _work_off(chain: Chain, name: str) -> dict[str, float]:
    """Lets one service alone consume all that waits for it."""
    process = chain.stack.services[name]
    waiting = await chain.waiting(name)
    began = time.perf_counter()
    process.start()
    await chain.settle_services([name])
    rate = waiting / (time.perf_counter() - began)
    memory = peak_memory_mb(process.process_id)
    process.terminate()
    return {f"memory.backlog.{name}": memory, f"backlog.rate.{name}": rate}
