"""A drill: the database goes back to a moment, the topics do not: python -m tests.restores.drill [--rounds 1]."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from contracts.catalogue import SERVICES
from tests.faults import traffic
from tests.faults.checker import check, judge
from tests.faults.evidence import read_topics
from tests.faults.verdict import Verdict
from tests.restores.commands import Engage
from tests.restores.forgotten import Forgotten
from tests.restores.made_anew import compare_with_lost
from tests.restores.overtaken import overtaken
from tests.restores.stage import TRAFFIC_SECONDS, Drill
from tests.restores.steps import Steps

_DAMAGE: Final = "TRUNCATE matching.assignment, mentoring.pair CASCADE"


async def play(drill: Drill, rounds: int) -> bool:
    """The whole drill, its verdict told after each act; returns whether nothing was lost, doubled or disordered.

    An act stands on the one before, so the first that fails ends it.
    """
    verdict, backup, moment = await _work(drill, rounds)
    if not await _is_whole(drill, verdict):
        return False
    verdict, forgotten = await _lose_hours(drill, backup, moment)
    if not await _is_whole(drill, verdict):
        return False
    return await _is_whole(drill, await _lose_kafka(drill, forgotten, rounds + 2))


async def _is_whole(drill: Drill, verdict: Verdict) -> bool:
    """Tells how an act went, and keeps what there is to see where anything is said against it."""
    whole = drill.steps.tell(verdict)
    if not whole:
        await drill.keep_remains()
    return whole


async def _work(drill: Drill, rounds: int) -> tuple[Verdict, Path, datetime]:
    """Traffic, a base backup, more traffic, and the moment within it that is to be come back to."""
    steps, stack = drill.steps, drill.stack
    await traffic.send_slowly(stack.broker.bootstrap_servers, traffic.first_forms(), 1.0)
    with steps.step("a round of traffic, until all is quiet"):
        await drill.round(0)
        await drill.quiet()
    with steps.step("a base backup, while the services work"):
        backup = await asyncio.to_thread(drill.archive.back_up, stack.postgresql, "base")
    with steps.step(
        f"{rounds + 1} rounds of traffic, with the moment to come back to in the middle of the last but one"
    ):
        for number in range(1, rounds):
            await drill.round(number)
            await drill.quiet()
        sending = asyncio.create_task(drill.round(rounds))
        await asyncio.sleep(TRAFFIC_SECONDS / 2)
        moment = await drill.moment()
        await sending
        await drill.quiet()
        await drill.round(rounds + 1)
        await drill.quiet()
    with steps.step("the checker, before anything is lost"):
        return await check(*drill.servers, drill.mails()), backup, moment


async def _lose_hours(drill: Drill, backup: Path, moment: datetime) -> tuple[Verdict, Forgotten]:
    """The database goes back to the moment, and the topics do not."""
    steps, engage, report = drill.steps, Engage(drill.stack), drill.directory / "report.json"
    with steps.step("somebody empties two tables; the services are stopped, and the log archived to its end"):
        await drill.ask(_DAMAGE)
        await asyncio.to_thread(drill.stop_services)
        await asyncio.to_thread(drill.archive.finish, drill.stack.postgresql)
    steps.begin_recovery()
    with steps.step("the base backup, recovered to the moment"):
        await asyncio.to_thread(drill.restore, backup, moment)
    restored_at = await drill.moment()
    with steps.step("engage restore reconcile"):
        to = ("--to", moment.isoformat(), "--report", str(report))
        (told,) = await asyncio.to_thread(engage.json, "restore", "reconcile", *to)
    with steps.step("the services start, until all are ready"):
        await drill.start_services()
    with steps.step("they catch up, until all is quiet but what waits for what it refers to"):
        await drill.quiet(but_waiting=True)
    steps.end_recovery(f"went back {(restored_at - moment).total_seconds():.0f} s")
    with steps.step("what waits in vain, for what came out otherwise, is discarded"):
        waiting = await drill.discard_what_waits_in_vain()
        await drill.quiet()
    with steps.step("the checker, with what was forgotten left out"):
        topics = read_topics(drill.servers[0])
        forgotten = Forgotten.between(topics, moment, restored_at)
        refused = overtaken(topics, forgotten.records)
        forgotten = forgotten.and_words(waiting, refused)
        verdict = await judge(forgotten.rest(topics), drill.servers[1], forgotten.true_mails(drill.mails()))
        forgotten.compare(told, topics, verdict)
    differing = await asyncio.to_thread(engage.json, "restore", "differences", str(report))
    steps.say(f"{len(forgotten.records)} records were forgotten, {len(differing)} things came out otherwise")
    steps.say(f"{len(waiting)} forms were about what came out otherwise")
    steps.say(f"{len(refused)} forms are refused, since a withdrawal or the optimum has overtaken them")
    steps.say(f"{forgotten.untrue(drill.mails())} mails had left about what came out otherwise")
    return verdict, forgotten


async def _lose_kafka(drill: Drill, forgotten: Forgotten, number: int) -> Verdict:
    """All topics are gone, and the database is not; afterwards traffic goes on."""
    steps, engage = drill.steps, Engage(drill.stack)
    known = forgotten.rest(read_topics(drill.servers[0]))
    with steps.step("the services are stopped, and Kafka loses all there is"):
        await asyncio.to_thread(drill.stop_services)
        await asyncio.to_thread(drill.kafka.empty_topics)
    steps.begin_recovery()
    with steps.step("engage restore topics"):
        lost = await asyncio.to_thread(engage.json, "restore", "topics")
    with steps.step("the services start, until all are ready"):
        await drill.start_services()
    steps.end_recovery(f"{sum(row['lost'] for row in lost)} records lost")
    with steps.step("a round of traffic, until all is quiet"):
        await drill.round(number)
        await drill.quiet()
    with steps.step("the checker, with the forms that were there before"):
        anew = Verdict()
        now = compare_with_lost(known, read_topics(drill.servers[0]), anew)
        forms = {name: [*found, *now[name]] for name, found in known.items() if name.startswith("forms.")}
        mails = forgotten.but_told_in(now).true_mails(drill.mails())
        verdict = await judge({**now, **forms}, drill.servers[1], mails)
        return verdict.with_more(anew)


@contextmanager
def _drill(directory: Path, steps: Steps, arguments: argparse.Namespace) -> Iterator[Drill]:
    directory.chmod(0o755)
    drill = Drill(directory, steps, arguments.seed, arguments.first)
    with steps.step("PostgreSQL with an archive, Apache Kafka, and the services"):
        drill.stack.start(120)
    try:
        yield drill
    finally:
        drill.stack.stop()


def main() -> int:
    """Plays the drill; 1 where anything was lost, doubled or disordered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default="1", help="what the traffic is drawn from")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of traffic between backup and moment")
    first = "services that start first after a loss, and read all there is before the others start"
    parser.add_argument("--first", nargs="*", default=(), choices=SERVICES, help=first)
    arguments = parser.parse_args()
    for name in ("aiokafka", "mail.log"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    steps, directory = Steps(Console(stderr=True)), Path(tempfile.mkdtemp(prefix="engage-restore-"))
    whole = False
    try:
        with _drill(directory, steps, arguments) as drill:
            whole = asyncio.run(play(drill, arguments.rounds))
    finally:
        if whole:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            steps.say(f"logs and mails, and the tables and topics of an act that failed, are kept in {directory}")
    return int(not whole)


if __name__ == "__main__":
    sys.exit(main())
