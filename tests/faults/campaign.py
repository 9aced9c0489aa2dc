"""A seeded campaign of faults on Apache Kafka: python -m tests.faults.campaign --seed 1 --rounds 3 [--json]."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import secrets
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.processes import ProcessError
from deploy.local.stack import Stack
from tests.faults import traffic
from tests.faults.checker import Sort, Verdict, Violation, check
from tests.faults.injuries import SESSION_TIMEOUT_MS, Injury, Ward, drawn
from tests.faults.quiet import NeverQuiet, wait_until_quiet

_TRAFFIC_SECONDS = 7.0
_STILL_SECONDS = 75.0  # longer than a claim of mail and than the longest pause between two tries
_SHOWN = 20


@dataclass(frozen=True)
class Round:
    """A round with its faults and what the checker found after it."""

    number: int
    injuries: list[Injury]
    seconds: float
    verdict: Verdict
    new: list[Violation]
    ended: dict[str, int]

    def count(self, sort: Sort) -> int:
        """How many violations of a sort came with the round."""
        return sum(violation.sort == sort for violation in self.new)


async def hold_round(ward: Ward, seed: str, number: int, known: set[Violation]) -> Round:
    """One round: traffic and faults at once, healing, quiet, judgement. Round 0 has no faults."""
    began, stack = time.monotonic(), ward.stack
    chance = random.Random(f"{seed}:{number}")
    injuries = drawn(chance, _TRAFFIC_SECONDS) if number else []
    found = await traffic.opportunities(stack.addresses()["database_url"])
    sendings = traffic.of_round(number, found, chance)
    if not number:
        sendings = traffic.first_forms() + sendings
    before = ward.ended.copy()
    sending = traffic.send_slowly(stack.broker.bootstrap_servers, sendings, _TRAFFIC_SECONDS)
    await asyncio.gather(sending, *(asyncio.to_thread(ward.strike, injury) for injury in injuries))
    await asyncio.to_thread(ward.heal)
    verdict = await _judge(ward)
    new = [violation for violation in verdict.violations if violation not in known]
    known.update(new)
    return Round(number, injuries, time.monotonic() - began, verdict, new, dict(ward.ended - before))


async def _judge(ward: Ward) -> Verdict:
    stack = ward.stack
    url, servers = stack.addresses()["database_url"], stack.broker.bootstrap_servers
    unrest = None
    try:
        await wait_until_quiet(url, servers, _STILL_SECONDS)
    except NeverQuiet as error:
        unrest = str(error)
    verdict = await check(servers, url, [dict(mail) for mail in stack.mail_catcher.messages()])
    if unrest:
        verdict.say("loss", f"stuck until restarted: {unrest}")
        await asyncio.to_thread(ward.restart)
    return verdict


async def campaign(seed: str, rounds: int, directory: Path, console: Console) -> list[Round]:
    """All rounds on one stack; a round is charged with what was not there before it."""
    kafka = ApacheKafka(TOPICS)
    environment = {"ENGAGE_SESSION_TIMEOUT_MS": str(SESSION_TIMEOUT_MS)}
    stack = Stack(durable=True, directory=directory, environment=environment, broker=kafka)
    held: list[Round] = []
    known: set[Violation] = set()
    with stack:
        ward = Ward(stack, kafka)
        try:
            for number in range(rounds + 1):
                held.append(await hold_round(ward, seed, number, known))
                _tell(held[-1], console)
        finally:
            shutil.copy(stack.postgresql.log_path, stack.logs / "postgresql.log")
            (stack.logs / "kafka.log").write_text(kafka.log_tail(1, lines=5_000))
    return held


def _tell(held: Round, console: Console) -> None:
    counted = ", ".join(f"{count} {what}" for what, count in held.verdict.counted.items())
    console.print(f"round {held.number}: {held.seconds:.1f} s; {counted}", highlight=False, soft_wrap=True)
    for line in [
        *map(str, held.injuries),
        *(f"ended by itself: {name} {times} times" for name, times in held.ended.items()),
    ]:
        console.print(f"  {line}", highlight=False)
    for it in held.new[:_SHOWN]:
        console.print(f"  {it.sort}: {it.text}", style="red", markup=False, highlight=False, soft_wrap=True)
    if len(held.new) > _SHOWN:
        console.print(f"  and {len(held.new) - _SHOWN} more")


def table(rounds: list[Round]) -> Table:
    """The faults of each round against what came of them."""
    shown = Table(title="Faults injected against losses, doubles and disorder")
    for name in ("round", "faults", "losses", "doubles", "disorder", "mails twice, in doubt", "repeats", "seconds"):
        shown.add_column(name, justify="left" if name == "faults" else "right", no_wrap=name == "faults")
    for it in rounds:
        faults = "\n".join(f"{injury.kind}: {injury.target}" for injury in it.injuries) or "none"
        counts = [str(it.count("loss")), str(it.count("double")), str(it.count("disorder"))]
        doubt, repeats = str(len(it.verdict.in_doubt)), str(it.verdict.counted["repeats"])
        shown.add_row(str(it.number), faults, *counts, doubt, repeats, f"{it.seconds:.1f}")
    return shown


def as_json(seed: str, rounds: list[Round]) -> str:
    """The same for machines."""
    return json.dumps(
        {
            "seed": seed,
            "rounds": [
                {
                    "round": it.number,
                    "faults": [str(injury) for injury in it.injuries],
                    "losses": it.count("loss"),
                    "doubles": it.count("double"),
                    "disorder": it.count("disorder"),
                    "violations": [f"{violation.sort}: {violation.text}" for violation in it.new],
                    "in_doubt": it.verdict.in_doubt,
                    "ended_by_themselves": it.ended,
                    "counted": dict(it.verdict.counted),
                    "seconds": round(it.seconds, 1),
                }
                for it in rounds
            ],
        },
        indent=2,
    )


def main() -> int:
    """Runs a campaign; 1 where anything was lost, doubled or disordered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", default=None, help="what the faults are drawn from; without it a new one")
    parser.add_argument("--rounds", type=int, default=5, help="rounds with faults, after one without")
    parser.add_argument("--json", action="store_true", help="write the outcome as JSON")
    arguments = parser.parse_args()
    seed = arguments.seed or secrets.token_hex(4)
    console = Console(stderr=True)
    console.print(f"seed {seed}", highlight=False)
    # A broker that was killed is no news here; aiokafka would tell of it hundreds of times.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="engage-faults-"))
    failed = True
    try:
        rounds = asyncio.run(campaign(seed, arguments.rounds, directory, console))
        failed = any(it.new for it in rounds)
    except (ProcessError, OSError) as error:
        console.print(f"the campaign broke off: {error}", highlight=False)
        return 1
    finally:
        if failed:
            console.print(f"logs and mails are kept in {directory}", highlight=False)
        else:
            shutil.rmtree(directory, ignore_errors=True)
    if arguments.json:
        sys.stdout.write(as_json(seed, rounds) + "\n")
    else:
        Console().print(table(rounds))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
