"""What an application costs each service by itself: the messages of one run of the chain, sent to it alone.

The chain runs once; what each service then read is sent again to that service in a system of its own, and the
processor time of its whole process is counted, and PostgreSQL's. Beside it stands the floor of the same messages
(read, validate, COPY, serialise, produce; no handler), of the same run. `--against` another checkout of this
repository has its services work off the same messages in turn, so that a noisy minute falls on both.

`make bench` runs it, or `python -m tests.benchmarks.replay notifications --runs 5 --against ../other`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from contracts.catalogue import PROGRAMME, topics_read_by
from contracts.codec import Record
from deploy.local.stack import Stack
from tests.benchmarks._load import produce
from tests.benchmarks._measuring import Usage, memory_mb, stack
from tests.benchmarks.chain.floor import Bounds, Cost, floor, read_between
from tests.benchmarks.chain.running import Chain, empty_chain, running_chain, warm_up

_PARTITIONS = 8
# What is decided upon must be there: else its decisions would wait, and be tried again and again.
_LAST = "forms.decisions.v1"
PAUSED = {"ENGAGE_MAIL_PAUSED": "true"}

Messages = Mapping[str, Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Recording:
    """The messages of a run by topic: those that warm a service up, those that are measured, and the floor of these."""

    warming: Messages
    measured: Messages
    floor: Mapping[str, Cost]


@dataclass(slots=True)
class Found:
    """What each run found of a service's tree: µs of a processor an application, of itself and PostgreSQL; MB."""

    service: list[float] = field(default_factory=list)
    postgresql: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def add(self, name: str, used: Usage, count: int, memory: float) -> None:
        """Notes one run over `count` applications."""
        self.service.append(used.seconds[name] / count * 1e6)
        self.postgresql.append(used.seconds["postgresql"] / count * 1e6)
        self.memory.append(memory)


def main() -> None:
    """Measures and prints."""
    options = _options()
    with stack(PROGRAMME, PAUSED, partitions=_PARTITIONS) as made:
        recording = asyncio.run(record(made, options.count))
    trees = [Path.cwd(), *([options.against.resolve()] if options.against else [])]
    found = {(name, tree): Found() for name in options.services for tree in trees}
    for _ in range(options.runs):
        for (name, tree), each in found.items():
            with stack((name,), PAUSED | _of_tree(tree), partitions=_PARTITIONS) as made:
                used, memory = asyncio.run(replay(made, name, recording))
            each.add(name, used, options.count, memory)
    print(f"µs of a processor an application; medians of {options.runs} runs; load now {os.getloadavg()[0]:.1f}")
    for (name, tree), each in found.items():
        _print(name, tree, each, recording.floor[name])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.replay")
    parser.add_argument("services", nargs="*", default=PROGRAMME, help=f"some of {', '.join(PROGRAMME)}")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the medians count (3)")
    parser.add_argument("--count", type=int, default=2_500, help="applications (2,500)")
    parser.add_argument("--against", type=Path, help="another checkout, to be measured in turn with this one")
    return parser.parse_args()


def _of_tree(tree: Path) -> dict[str, str]:
    # Without the second Python would look into the directory at hand first.
    return {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}


def _print(name: str, tree: Path, found: Found, floor: Cost) -> None:
    each = " ".join(f"{value:.0f}" for value in found.service)
    print(
        f"{name:14} {median(found.service):5.0f} ({each}), {median(found.service) / floor.service:.2f} times its "
        f"floor of {floor.service:.0f}; PostgreSQL {median(found.postgresql):.0f}, {floor.postgresql:.0f}; "
        f"{median(found.memory):.0f} MB before; {tree.name}"
    )


async def record(made: Stack, count: int) -> Recording:
    async with running_chain(made) as chain:
        begun = dict.fromkeys(await chain.bounds(), 0)
        async with chain.officer():
            await warm_up(chain)
            since = await chain.bounds()
            await chain.work_off(count)
        until = await chain.bounds()
        warming, measured = await _messages(chain, begun, since), await _messages(chain, since, until)
        # Down, so that they neither take part in what is counted nor read what is sent again.
        for process in made.services.values():
            process.terminate()
        return Recording(warming, measured, await floor(chain, since, until, count))


async def _messages(chain: Chain, since: Bounds, until: Bounds) -> Messages:
    by_topic: dict[str, list[Record]] = defaultdict(list)
    async for batch in read_between(chain, since, until):
        for record in batch:
            by_topic[record.topic].append(Record(record.key, record.value, list(record.headers)))
    return by_topic


async def replay(made: Stack, name: str, recording: Recording) -> tuple[Usage, float]:
    """What the measured messages cost a service that runs alone, and the memory that it held before any message."""
    memory = memory_mb(made.services[name].process_id)
    async with empty_chain(made) as chain:
        await _send(chain, name, recording.warming)
        before = await chain.usage()
        await _send(chain, name, recording.measured)
        return (await chain.usage()).since(before), memory


async def _send(chain: Chain, name: str, messages: Messages) -> None:
    for topics in _in_turn(name):
        for topic in topics:
            await produce(chain.producer, topic, messages.get(topic, ()))
        await chain.settle_services([name])


def _in_turn(name: str) -> Iterator[list[str]]:
    topics = [topic.name for topic in topics_read_by(name)]
    yield [topic for topic in topics if topic != _LAST]
    yield [topic for topic in topics if topic == _LAST]


if __name__ == "__main__":
    main()
