"""A seeded campaign of faults on Apache Kafka: python -m tests.faults.campaign --seed 1 --rounds 20 [--json]."""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import secrets
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.faults import clicks, condition, strangers, traffic
from tests.faults.checker import check
from tests.faults.injuries import BROKERS, KINDS, SESSION_TIMEOUT_MS, drawn
from tests.faults.mail_server import FickleMailServer
from tests.faults.opportunities import opportunities
from tests.faults.quiet import NeverQuiet, wait_until_quiet
from tests.faults.report import Round, as_json, table, tell
from tests.faults.rest import Rest
from tests.faults.verdict import Verdict, Violation
from tests.faults.ward import Ward

_TRAFFIC_SECONDS = 5.0
_CLICKED = 4
_STILL_SECONDS = 75.0  # longer than the longest pause between two tries
_ROUNDS_A_STACK = 20
"""The checker reads everything from zero after each round: a stack is made anew before that takes too long."""

_ENVIRONMENT = {
    "ENGAGE_SESSION_TIMEOUT_MS": str(SESSION_TIMEOUT_MS),
    # What a killed sender of mail held is sent when its claim ends: a minute would be most of a round.
    "ENGAGE_MAIL_CLAIM_SECONDS": "8",
    "ENGAGE_SMTP_TIMEOUT_SECONDS": "3",
}


async def hold_round(ward: Ward, seed: str, number: int, known: set[Violation], rest: Rest, *, calm: bool) -> Round:
    """One round: traffic and faults at once, healing, quiet, judgement; a calm one has no faults."""
    began, stack = time.monotonic(), ward.stack
    chance = random.Random(f"{seed}:{number}")
    injuries = [] if calm else drawn(chance, _TRAFFIC_SECONDS, ward.always)
    injuries = [it for it in injuries if it.kind not in ward.without]
    found = await opportunities(stack.addresses()["database_url"])
    sendings = traffic.of_round(number, found, chance)
    answered = {str(it.record.key, "ascii") for it in sendings if it.topic == "forms.decisions.v1"}
    clicked = [pair_id for pair_id, _ in found.pairs if str(pair_id) not in answered][:_CLICKED]
    before = ward.ended.copy()
    servers, address = stack.broker.bootstrap_servers, stack.addresses()["notifications"]
    url = stack.addresses()["database_url"]
    # A group, so that nothing still speaks to a stack that is taken down because something else failed.
    async with asyncio.TaskGroup() as acts:
        clicking = acts.create_task(clicks.answer(address, stack.door_secret, url, clicked, _TRAFFIC_SECONDS))
        acts.create_task(traffic.send_slowly(servers, sendings, _TRAFFIC_SECONDS))
        acts.create_task(strangers.send(servers, strangers.batches(number, chance), _TRAFFIC_SECONDS))
        for injury in injuries:
            acts.create_task(asyncio.to_thread(ward.strike, injury))
    ward.thanked |= clicking.result()
    await asyncio.to_thread(ward.heal)
    verdict = await _judge(ward, rest)
    new = [violation for violation in verdict.violations if violation not in known]
    known.update(new)
    return Round(number, injuries, time.monotonic() - began, verdict, new, dict(ward.ended - before))


async def _judge(ward: Ward, rest: Rest) -> Verdict:
    stack = ward.stack
    url, servers = stack.addresses()["database_url"], stack.broker.bootstrap_servers
    unrest = None
    try:
        await wait_until_quiet(url, servers, _STILL_SECONDS)
    except NeverQuiet as error:
        unrest = str(error)
    mails = [dict(mail) for mail in stack.mail_catcher.messages()]
    verdict = await check(servers, url, mails, ward.thanked, ward.rebuilds)
    await rest.check(stack, verdict)
    if unrest:
        verdict.say("loss", f"stuck until restarted: {unrest}")
        await asyncio.to_thread(ward.restart)
    return verdict


async def campaign(
    seed: str,
    rounds: int,
    directory: Path,
    console: Console,
    always: Sequence[str] = (),
    without: Set[str] = frozenset(),
) -> list[Round]:
    """All rounds, each stack's after one without faults; a round is charged with what was not there before it."""
    held: list[Round] = []
    for first in range(1, rounds + 1, _ROUNDS_A_STACK):
        last = min(first + _ROUNDS_A_STACK - 1, rounds)
        known: set[Violation] = set()
        with _ward(directory / f"rounds-{first}-{last}") as ward:
            ward.always, ward.without = always, without
            rest = Rest()
            await traffic.send_slowly(ward.stack.broker.bootstrap_servers, traffic.first_forms(), 1.0)
            for number in (0, *range(first, last + 1)):
                # Numbers, and with them ids and ends, are the stack's own, and a round is the same in any campaign.
                one = await hold_round(ward, seed, number, known, rest, calm=number == 0)
                tell(one, console)
                held.append(one)
    return held


@contextmanager
def _ward(directory: Path) -> Iterator[Ward]:
    kafka = ApacheKafka(TOPICS, brokers=BROKERS)
    mail = FickleMailServer(lambda: stack.mail_catcher.smtp_url)
    environment = {**_ENVIRONMENT, "ENGAGE_SMTP_URL": mail.url}
    stack = Stack(durable=True, directory=directory, environment=environment, broker=kafka)
    mail.start()
    try:
        with stack:
            ward = Ward(stack, kafka, mail)
            try:
                yield ward
            except Exception as error:
                error.add_note(condition.told(ward))
                raise
            finally:
                shutil.copy(stack.postgresql.log_path, stack.logs / "postgresql.log")
                for number in range(1, BROKERS + 1):
                    (stack.logs / f"kafka-{number}.log").write_text(kafka.log_tail(number, lines=5_000))
    finally:
        mail.stop()


def main() -> int:
    """Runs a campaign; 1 where anything was lost, doubled, disordered or did not come to rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default=None, help="what the faults are drawn from; without it a new one")
    parser.add_argument("--rounds", type=int, default=5, help="rounds with faults, after one without")
    parser.add_argument(
        "--without", action="append", choices=sorted(KINDS), default=[], help="a fault to leave out; may be given again"
    )
    parser.add_argument(
        "--with", action="append", choices=sorted(KINDS), default=[], dest="always", help="a fault for each round"
    )
    parser.add_argument("--json", action="store_true", help="write the outcome as JSON")
    arguments = parser.parse_args()
    seed = arguments.seed or secrets.token_hex(4)
    console = Console(stderr=True)
    console.print(f"seed {seed}", highlight=False)
    # A broker that was killed is no news here; its clients would tell of it hundreds of times.
    for name in ("aiokafka", "mail.log"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="engage-faults-"))
    failed = True
    try:
        without = frozenset(arguments.without)
        rounds = asyncio.run(campaign(seed, arguments.rounds, directory, console, arguments.always, without))
        failed = any(it.new for it in rounds)
    except Exception:
        console.print(f"the campaign broke off:\n{traceback.format_exc()}", highlight=False, markup=False)
        return 1
    finally:
        if failed:
            console.print(f"logs and mails are kept in {directory}", highlight=False)
        else:
            shutil.rmtree(directory, ignore_errors=True)
    if arguments.json:
        sys.stdout.write(as_json(seed, rounds) + "\n")
    else:
        Console().print(table(seed, rounds))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
