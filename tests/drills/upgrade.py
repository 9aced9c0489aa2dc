"""Upgrades a system under traffic, service by service, and back: python -m tests.drills.upgrade [--from TAG]."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

from contracts.catalogue import SERVICES
from deploy.local.processes import ProcessError
from publication.order import FORMS
from tests.door import request, signed
from tests.drills.fleet import Fleet, Moved, fleet
from tests.drills.versions import PRESENT, DrillError, Version, checked_out, last_release
from tests.faults import traffic
from tests.faults.checker import check
from tests.faults.opportunities import opportunities
from tests.faults.quiet import NeverQuiet, wait_until_quiet
from tests.faults.verdict import Verdict
from tests.forms import application
from tests.kafka import Sending

_TOGETHER_SECONDS: Final = 1.5
_WARM_UP_SECONDS: Final = 4.0
_APPLICATIONS: Final = 40
"""On topics: before, on the way up, and on the way down."""

_STILL_SECONDS: Final = 75.0  # longer than the longest pause between two tries
_A_SECOND: Final = 10
"""Records that forms send, beside those at the door."""

_PORTION: Final = 5
_LOOK_SECONDS: Final = 0.1
_BETWEEN_KNOCKS_SECONDS: Final = 0.5
_ACCEPTED: Final = 202

Tell: TypeAlias = Callable[[str], object]
Look: TypeAlias = Callable[[Fleet], Awaitable[object]]
Steps: TypeAlias = Sequence[tuple[str, ...]]


@dataclass
class Outcome:
    """What a drill did, and what the checker says: how each service was moved, and forms that the door took."""

    verdict: Verdict
    moved: list[Moved] = field(default_factory=list)
    taken: int = 0


async def drill(old: Version, new: Version, directory: Path, tell: Tell, look: Look | None = None) -> Outcome:
    """Installs one version, goes up to the other under traffic and down again; `look` looks at it before all ends.

    Raises DrillError where a step fails, a form is not taken, or what is in work never comes to its end.
    """
    with fleet(old, directory, _TOGETHER_SECONDS) as it:
        servers, url = it.stack.broker.bootstrap_servers, it.stack.addresses()["database_url"]
        tell(f"all services run in {old.name}")
        await traffic.send_slowly(servers, traffic.first_forms(), 1.0)
        await traffic.send_slowly(servers, await _forms(it, 0), _WARM_UP_SECONDS)
        await _settle(it, tell)
        steps, outcome = _steps(old, new), Outcome(Verdict())
        it.keep_programme(new, directory / "programme")
        for number, work in enumerate((_up(it, steps, new, tell), _through(it, steps[::-1], old, tell)), start=1):
            await _under_traffic(it, number, outcome, work)
            await _settle(it, tell)
        mails = [dict(mail) for mail in it.stack.mail_catcher.messages()]
        outcome.verdict = await check(servers, url, mails)
        tell("the checker has read everything")
        if look is not None:
            await look(it)
    return outcome


def _steps(old: Version, new: Version) -> Steps:
    """The order in which the new version wants services to be moved: whoever it does not concern first."""
    published = str(old.root / "contracts" / "published")
    told = json.loads(new.run("contracts", "order", "--since", published, "--json"))
    concerned = [tuple(name for name in step if name != FORMS) for step in told["steps"]]
    known = {name for step in concerned for name in step}
    return [*((name,) for name in SERVICES if name not in known), *filter(None, concerned)]


def _up(it: Fleet, steps: Steps, version: Version, tell: Tell) -> Iterator[Moved]:
    tell(f"logins, tables and topics of {version.name}: tables took {it.prepare(version):.1f} s")
    yield from _through(it, steps, version, tell)


def _through(it: Fleet, steps: Steps, version: Version, tell: Tell) -> Iterator[Moved]:
    for step in steps:
        for each in it.move(step, version):
            tell(str(each))
            yield each


async def _under_traffic(it: Fleet, number: int, outcome: Outcome, work: Iterator[Moved]) -> None:
    """Does the work while forms send, on topics and at the door."""
    servers, left = it.stack.broker.bootstrap_servers, await _forms(it, number)
    share, moved = len(left) // (len(SERVICES) + 1), list[Moved]()

    def move() -> None:
        for each in work:
            moved.append(each)

    working = asyncio.create_task(asyncio.to_thread(move))
    knocking = asyncio.create_task(_knock(it, number, working))
    while left:
        # While each service is moved its share is sent, however long that takes.
        kept = 0 if working.done() else share * (len(SERVICES) - len(moved))
        portion = left[: max(0, min(_PORTION, len(left) - kept))]
        if portion:
            await traffic.send_slowly(servers, portion, 0.0 if working.done() else _PORTION / _A_SECOND)
            left = left[len(portion) :]
        else:
            await asyncio.sleep(_LOOK_SECONDS)
    await working
    outcome.moved += moved
    outcome.taken += await knocking


async def _knock(it: Fleet, number: int, working: asyncio.Task[None]) -> int:
    """Sends one application after the other over HTTP; each is taken. Returns how many."""
    for index in count(1):
        if working.done():
            return index - 1
        name = f"door-{number}-{index}"  # in one word, by which the checker looks for traces of who is forgotten
        body = application(name).model_dump_json().encode()
        headers = signed(it.stack.door_secret, f"message {name}", body)
        address = f"http://127.0.0.1:{it.door}"
        answer = await asyncio.to_thread(request, address, "POST", "/v1/applications", body, headers)
        if answer.status != _ACCEPTED:
            raise DrillError(f"the door did not take a form: {answer.status} {answer.body}")
        await asyncio.sleep(_BETWEEN_KNOCKS_SECONDS)
    raise AssertionError


async def _forms(it: Fleet, number: int) -> list[Sending]:
    found = await opportunities(it.stack.addresses()["database_url"])
    return traffic.of_round(number, found, random.Random(f"upgrade:{number}"), _APPLICATIONS)


async def _settle(it: Fleet, tell: Tell) -> None:
    began = time.monotonic()
    try:
        await wait_until_quiet(it.stack.addresses()["database_url"], it.stack.broker.bootstrap_servers, _STILL_SECONDS)
    except NeverQuiet as error:
        raise DrillError(f"stuck: {error}") from None
    tell(f"all that came was dealt with {time.monotonic() - began:.1f} s later")


def told_by_time() -> Tell:
    """Tells the person at the terminal, with the seconds from now on."""
    began = time.monotonic()

    def tell(said: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {said}", file=sys.stderr, flush=True)

    return tell


def summary(outcome: Outcome) -> str:
    """What came of a drill, as one line and a line for each violation."""
    counted = ", ".join(f"{number} {name}" for name, number in sorted(outcome.verdict.counted.items()))
    found = [f"{it.sort}: {it.text}" for it in outcome.verdict.violations]
    said = f"{len(found)} violations" if found else "nothing lost, nothing twice, nothing out of order"
    return "\n".join([f"{said}; {outcome.taken} forms at the door, all taken; {counted}", *found])


def main() -> int:
    """Drills the upgrade from a release, or another commit, to the present files; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="reference", default=last_release(), help="a tag or a commit; the last release")
    reference: str | None = parser.parse_args().reference
    if reference is None:
        parser.error("there is no release yet: name a commit by --from")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="engage-upgrade-"))
    try:
        old = checked_out(reference, directory / "old")
        outcome = asyncio.run(drill(old, PRESENT, directory / "system", told_by_time()))
    except (DrillError, ProcessError) as error:
        print(f"the drill broke off, logs are in {directory}: {error}", file=sys.stderr)
        return 1
    print(summary(outcome))
    if outcome.verdict.violations:
        print(f"logs and mails are kept in {directory}", file=sys.stderr)
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
