"""A city that does not exist runs its own programme on the same code, from a form to the mails of a pair."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from contracts.applications import ApplicationRegistered
from contracts.assignments import AssignmentProposed
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.event import Event
from contracts.message import EventData
from contracts.needs import NeedDeclared
from contracts.offers import PairAnswered, PairOffered
from contracts.pairs import PairActivated
from deploy.local.stack import Stack
from tests.eventually import eventually
from tests.forms import START, application, confirmation, mentor, need, sending
from tests.kafka import read_events, send

RIVEMONT = Path(__file__).resolve().parents[1] / "programmes" / "rivemont"
TOPICS = ("applications.v1", "assignments.v1", "pairs.v1")
Kind = TypeVar("Kind", bound=EventData)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(environment={"ENGAGE_PROGRAMME": str(RIVEMONT)}) as started:
        yield started


async def told(stack: Stack, kind: type[Kind]) -> list[Kind]:
    """The events of a kind that were published so far."""
    events = [event for topic in TOPICS for event in await read_events(stack.broker.bootstrap_servers, topic)]
    return [event.data for event in events if isinstance(event, Event) and isinstance(event.data, kind)]


async def say(stack: Stack, *forms: EventData) -> None:
    await send(stack.broker.bootstrap_servers, [sending(form, at=datetime.now(UTC)) for form in forms])


def mails(stack: Stack, subject: str) -> list[str]:
    """The texts of the mails whose subjects begin so."""
    return [mail["text"] for mail in stack.mail_catcher.messages() if mail["subject"].startswith(subject)]


async def sent(stack: Stack, subject: str) -> list[str]:
    """The same, to be waited for."""
    return mails(stack, subject)


def riverside_need() -> NeedDeclared:
    return need("river-and-forest", capacity=1).model_copy(update={"territories": ("rive-droite",)})


async def test_a_form_becomes_a_pair_by_the_rules_and_in_the_words_of_that_city(stack: Stack) -> None:
    await say(
        stack,
        riverside_need(),
        mentor(1, skills=("river-and-forest",), capacity=1),
        application(
            "fleuve",
            # Not a laureate: that was asked for elsewhere. As it is typed: the theme by a name, a zone by its label.
            organisation=DeclaredOrganisation(name="Les Berges", legal_form="association", laureate=False),
            project=DeclaredProject(
                title="Les berges", summary="Rendre le fleuve.", themes=("le fleuve",), territories=("Les Quais",)
            ),
        ),
    )

    (registered,) = await eventually(lambda: told(stack, ApplicationRegistered), within=60)
    assert (registered.edition, registered.rules_version) == ("rivemont-2025", "rivemont-2025@3")
    assert (registered.project.themes, registered.project.territories) == (("river-and-forest",), ("les-quais",))
    (proposed,) = await eventually(lambda: told(stack, AssignmentProposed), within=60)
    assert (proposed.rules_version, proposed.actor) == ("rivemont-1", "engine:rolling@rivemont-1")

    await say(stack, confirmation(proposed.assignment_id, proposed.owner_id))
    (offered,) = await eventually(lambda: told(stack, PairOffered), within=60)
    for party in ("mentor", "lead"):
        await say(stack, PairAnswered(pair_id=offered.pair_id, party=party, answer="accept", answered_at=START))
    assert await eventually(lambda: told(stack, PairActivated), within=60)

    # Each is waited for: which of them the mail server gets first is chance.
    assert await eventually(lambda: sent(stack, "Votre binôme est formé"), within=60)
    (acknowledged,) = await eventually(lambda: sent(stack, "Rivemont a reçu votre candidature"), within=60)
    assert "Le fleuve vous salue." in acknowledged
    assert "La capitainerie des projets\nVille de Rivemont" in acknowledged.replace("\r", "")
    everything = "\n".join(mails(stack, ""))
    assert "la Ville de Rivemont confirme" in everything, "a shipped text, with this city's name"
    assert "Marseille" not in everything


def engage(stack: Stack, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.command_line", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "ENGAGE_DATABASE_URL": stack.addresses()["database_url"], **environment},
    )


def test_a_process_with_another_programme_does_not_start(stack: Stack) -> None:
    service = stack.services["matching"]
    try:
        service.terminate()
        service.environment.pop("ENGAGE_PROGRAMME")
        service.start()
        assert service.wait(60) == 2
        assert "matching decides by the programme rivemont-2025.1 (" in service.log_tail()
        assert "engage programme activate" in service.log_tail()
    finally:
        service.environment["ENGAGE_PROGRAMME"] = str(RIVEMONT)
        service.start()
        stack.wait_until_ready("matching")


def test_another_programme_comes_into_force_when_nobody_decides_by_the_one_before(stack: Stack) -> None:
    refused = engage(stack, "programme", "activate")
    assert refused.returncode == 1
    assert "intake, matching, mentoring, notifications still run" in refused.stderr
    compared = engage(stack, "check", "--json", "--against", "running")
    changes = json.loads(compared.stdout)["changes"]
    assert ["Indian/Reunion", "Europe/Paris"] in [[it["before"], it["after"]] for it in changes]

    for service in stack.services.values():
        service.terminate()
    activated = engage(stack, "programme", "activate")
    assert activated.returncode == 0, activated.stderr
    assert "in force for intake, matching, mentoring, notifications, journal since" in activated.stdout
    assert "in force already" in engage(stack, "programme", "activate").stdout
    rows = [json.loads(line) for line in engage(stack, "programme", "history", "--json").stdout.splitlines()]
    versions = [row["version"] for row in rows if row["service"] == "intake"]
    assert len(versions) == 2
    assert versions[1] == "rivemont-2025.1"
    for service in stack.services.values():
        service.environment.pop("ENGAGE_PROGRAMME")
        service.start()
    for name in stack.services:
        stack.wait_until_ready(name)
