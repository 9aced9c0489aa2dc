"""As many applications as the chain can take, what each costs, and the floor of the same messages."""

from __future__ import annotations

import os
from collections.abc import Mapping

from contracts.catalogue import PROGRAMME
from deploy.local.stack import Stack
from tests.benchmarks._measuring import Usage, forget_peak_memory, peak_memory_mb
from tests.benchmarks.chain.floor import Bounds, Cost, floor
from tests.benchmarks.chain.running import Chain, running_chain, warm_up
from tests.benchmarks.chain.sizes import Sizes


async def saturation(stack: Stack, sizes: Sizes) -> dict[str, float]:
    """Rate, processor time, WAL and memory under load, and the floor."""
    async with running_chain(stack) as chain:
        async with chain.officer():
            await warm_up(chain)
            for process in stack.services.values():
                forget_peak_memory(process.process_id)
            figures = _figures(await chain.work_off(sizes.count), sizes.count)
            for name, process in stack.services.items():
                figures[f"memory.load.{name}"] = peak_memory_mb(process.process_id)
            # The newest messages, since the embedded broker drops the oldest.
            since = await chain.bounds()
            await chain.work_off(sizes.recorded)
        costs = await _floor(chain, since, sizes.recorded)
    return figures | _beside_floor(figures, costs)


def _figures(used: Usage, count: int) -> dict[str, float]:
    figures = {f"chain.cpu.{name}": seconds / count * 1e6 for name, seconds in used.seconds.items()}
    figures["chain.cpu.services"] = sum(figures[f"chain.cpu.{name}"] for name in PROGRAMME)
    return figures | {"chain.rate": count / used.at, "chain.wal": used.wal / count}


async def _floor(chain: Chain, since: Bounds, count: int) -> dict[str, Cost]:
    until = await chain.bounds()
    # Down, so that they neither take part in what is counted nor read what is sent again.
    for process in chain.stack.services.values():
        process.terminate()
    return await floor(chain, since, until, count)


def _beside_floor(figures: Mapping[str, float], costs: Mapping[str, Cost]) -> dict[str, float]:
    services = sum(cost.service for cost in costs.values())
    postgresql = sum(cost.postgresql for cost in costs.values())
    # What all cores would do if they did nothing else; no chain can, since broker and forms share them.
    processors = (os.cpu_count() or 1) * 1e6
    rate = processors / (services + postgresql)
    beside = {
        "chain.floor": rate,
        "chain.ratio": figures["chain.rate"] / rate,
        "floor.cpu.services": services,
        "floor.cpu.postgresql": postgresql,
        "floor.wal": sum(cost.wal for cost in costs.values()),
        "floor.events": sum(cost.events for cost in costs.values()),
        **{f"floor.cpu.{name}": cost.service for name, cost in costs.items()},
    }
    # Apache Kafka has threads of its own to clean and compact with: only the embedded broker's time says something.
    if "chain.cpu.broker" in figures:
        broker = sum(cost.broker for cost in costs.values())
        with_broker = processors / (services + postgresql + broker)
        beside |= {"floor.cpu.broker": broker, "chain.ratio_with_broker": figures["chain.rate"] / with_broker}
    return beside
