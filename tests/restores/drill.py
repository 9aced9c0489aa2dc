"""A drill: the database goes back to a moment, the topics do not: python -m tests.restores.drill [--rounds 2]."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.postgresql import PostgreSQL
from deploy.local.postgresql_archive import Archive
from deploy.local.stack import Stack
from deploy.local.together import together
from tests.faults import traffic
from tests.faults.checker import check, judge
from tests.faults.evidence import read_topics
from tests.faults.opportunities import opportunities
from tests.faults.quiet import wait_until_quiet
from tests.faults.verdict import Verdict
from tests.restores.commands import Engage
from tests.restores.forgotten import Forgotten
from tests.restores.steps import Steps

_TRAFFIC_SECONDS: Final = 4.0
_STILL_SECONDS: Final = 75.0
_DAMAGE: Final = "TRUNCATE matching.assignment, mentoring.pair CASCADE"


class Drill:
    """A stack whose database is archived, and what is done with it, step by step."""

    def __init__(self, directory: Path, steps: Steps, seed: str) -> None:
        self.archive = Archive(directory / "archive")
        self.stack = Stack(durable=True, directory=directory, broker=ApacheKafka(TOPICS))
        self.stack.postgresql = PostgreSQL(
            durable=True, data_directory=directory / "postgresql", settings=self.archive.settings
        )
        self.directory = directory
        self.steps = steps
        self.seed = seed

    async def round(self, number: int) -> None:
        """Traffic of one round."""
        chance = random.Random(f"{self.seed}:{number}")
        found = await opportunities(self.stack.addresses()["database_url"])
        sendings = traffic.of_round(number, found, chance)
        await traffic.send_slowly(self.stack.broker.bootstrap_servers, sendings, _TRAFFIC_SECONDS)

    async def quiet(self) -> None:
        """Until nothing is open any more."""
        await wait_until_quiet(
            self.stack.addresses()["database_url"], self.stack.broker.bootstrap_servers, _STILL_SECONDS
        )

    async def moment(self) -> datetime:
        """What PostgreSQL's clock shows."""
        moment: datetime = await self.ask("SELECT now()")
        return moment

    async def ask(self, query: str) -> Any:
        """One value, as the administrator."""
        connection = await asyncpg.connect(self.stack.postgresql.database_url("engage"))
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    def stop_services(self) -> None:
        """As an operator stops them."""
        together(*(service.terminate for service in self.stack.services.values()))

    def start_services(self) -> None:
        """Returns once all say that they are ready."""
        for service in self.stack.services.values():
            service.start()
        for name in self.stack.services:
            self.stack.wait_until_ready(name)

    def restore(self, backup: Path, moment: datetime) -> None:
        """The database as it was at a moment, on the port that it had; what it was since is left where it is."""
        port = self.stack.postgresql.port
        self.stack.postgresql.stop()
        self.archive.prepare(backup, moment)
        self.stack.postgresql = PostgreSQL(durable=True, data_directory=backup, port=port)
        self.stack.postgresql.start(patience=120)


async def play(drill: Drill, rounds: int) -> list[Verdict]:
    """The whole drill; returns the verdicts before and after the restore."""
    steps, stack = drill.steps, drill.stack
    await traffic.send_slowly(stack.broker.bootstrap_servers, traffic.first_forms(), 1.0)
    with steps.step("the first round of traffic, until all is quiet"):
        await drill.round(0)
        await drill.quiet()
    with steps.step("a base backup, while the services work"):
        backup = await asyncio.to_thread(drill.archive.back_up, stack.postgresql, "base")
    with steps.step(f"{rounds} rounds of traffic; in the middle of the last one, the moment to come back to"):
        for number in range(1, rounds):
            await drill.round(number)
        sending = asyncio.create_task(drill.round(rounds))
        await asyncio.sleep(_TRAFFIC_SECONDS / 2)
        moment = await drill.moment()
        await sending
        await drill.round(rounds + 1)
        await drill.quiet()
    with steps.step("the checker, before anything was lost"):
        mails = [dict(mail) for mail in stack.mail_catcher.messages()]
        servers, url = stack.broker.bootstrap_servers, stack.addresses()["database_url"]
        before = await check(servers, url, mails)
    with steps.step("somebody empties two tables; the services are stopped, and the log archived to its end"):
        await drill.ask(_DAMAGE)
        await asyncio.to_thread(drill.stop_services)
        await asyncio.to_thread(drill.archive.finish, stack.postgresql)
    with steps.step("the base backup, recovered to the moment", recovers=True):
        await asyncio.to_thread(drill.restore, backup, moment)
    restored_at = await drill.moment()
    engage = Engage(stack)
    report = drill.directory / "report.json"
    with steps.step("engage restore reconcile", recovers=True):
        told = await asyncio.to_thread(
            engage.json, "restore", "reconcile", "--to", moment.isoformat(), "--report", str(report)
        )
    with steps.step("the services, until all are ready", recovers=True):
        await asyncio.to_thread(drill.start_services)
    with steps.step("until they have caught up", recovers=True):
        await drill.quiet()
    with steps.step("the checker, with what was forgotten left out"):
        topics, mails = read_topics(servers), [dict(mail) for mail in stack.mail_catcher.messages()]
        forgotten = Forgotten.between(topics, moment, restored_at)
        after = await judge(forgotten.rest(topics), url, forgotten.true_mails(mails, topics))
        forgotten.compare(told[0], topics, after)
    steps.say(f"went back {(restored_at - moment).total_seconds():.0f} s; {len(forgotten.records)} records forgotten")
    differing = await asyncio.to_thread(engage.json, "restore", "differences", str(report))
    steps.say(f"{len(differing)} things came out otherwise; {forgotten.told(topics, mails)}")
    return [before, after]


@contextmanager
def _drill(directory: Path, steps: Steps, seed: str) -> Iterator[Drill]:
    directory.chmod(0o755)
    drill = Drill(directory, steps, seed)
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
    parser.add_argument("--rounds", type=int, default=2, help="rounds of traffic between backup and moment")
    arguments = parser.parse_args()
    for name in ("aiokafka", "mail.log"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    steps, directory = Steps(Console(stderr=True)), Path(tempfile.mkdtemp(prefix="engage-restore-"))
    whole = False
    try:
        with _drill(directory, steps, arguments.seed) as drill:
            verdicts = asyncio.run(play(drill, arguments.rounds))
        steps.tell(verdicts)
        whole = not any(verdict.violations for verdict in verdicts)
    finally:
        if whole:
            shutil.rmtree(directory, ignore_errors=True)
        else:
            steps.say(f"logs and mails are kept in {directory}")
    return int(not whole)


if __name__ == "__main__":
    sys.exit(main())
