"""Explanations and suppositions on the command line, over a pool in PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.command_line import engage
from tests.forms import identifier, person
from tests.integration.journal.hearing import hear
from tests.integration.matching.conftest import Matching
from tests.unit.matching.events import application_id, declared, erased, named_deputy, need_id, registered


async def _filled(matching: Matching) -> tuple[str, str]:
    """Two projects for one place; returns who is held and who waits."""
    far = declared("far", title="Loin", territories=("13216",), themes=("health",), publics=())
    await matching.on(declared("n", title="Emploi"), far, registered("a"), registered("b"))
    places = await matching.places()
    held = next(name for name in "ab" if application_id(name) in places)
    return held, "b" if held == "a" else "a"


async def test_explain_tells_a_person_and_a_machine(database_url: str, matching: Matching) -> None:
    held, waiting = await _filled(matching)
    done = await engage(database_url, "explain", application_id(held))
    assert done.returncode == 0, done.stderr
    assert "Le projet est proposé pour ce besoin." in done.stdout
    assert f"Projet {waiting}: — → Emploi" in done.stdout
    done = await engage(database_url, "explain", application_id(waiting), "--language", "en")
    assert "No territory in common, neither theme nor public in common." in done.stdout
    answer: dict[str, Any] = json.loads(
        (await engage(database_url, "explain", application_id(waiting), need_id("n"), "--json")).stdout
    )
    (need,) = answer["needs"]
    assert (need["need_title"], need["standing"], need["gates"]) == ("Emploi", "missing", [])
    assert need["fit"]["total"] == sum(need["fit"][part] for part in ("theme", "public", "territory")) + (
        need["fit"]["readiness"] + need["fit"]["text"]
    )
    assert need["missing"]["kept"] == 1, "what is published is kept"


async def test_needs_are_listed_with_who_decides_on_them(database_url: str, matching: Matching) -> None:
    await matching.on(
        declared("n", title="Emploi", capacity=2),
        declared("m", title="Logement", owner=person("m"), capacity=0),
        registered("a"),
        registered("b"),
        named_deputy("n", person("d")),
        erased(identifier("owner n")),
    )
    await hear(database_url, matching.published)
    done = await engage(database_url, "needs", "--json")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["title"], first["owner_id"], first["undecided"]) == ("Emploi", None, 2)
    assert first["deputy_id"] == str(person("d").person_id)
    assert (second["owner_id"], second["deputy_id"]) == (str(person("m").person_id), None)
    shown = (await engage(database_url, "needs", "--without-owner")).stdout
    assert "Emploi" in shown
    assert "Logement" not in shown
    await matching.on(erased(person("d").person_id), declared("n"))
    assert "Il n’y en a pas." in (await engage(database_url, "needs", "--without-owner")).stdout


async def test_explain_refuses_what_it_does_not_know(database_url: str, matching: Matching) -> None:
    held, _ = await _filled(matching)
    unknown = await engage(database_url, "explain", need_id("n"))
    assert unknown.returncode == 2
    assert "no application that takes part" in unknown.stderr.replace("\n", " ")
    assert (await engage(database_url, "explain", application_id(held), application_id(held))).returncode == 2
    assert (await engage(database_url, "explain", application_id(held), "--language", "de")).returncode == 2


async def test_what_if_shows_the_difference_and_changes_nothing(
    database_url: str, matching: Matching, tmp_path: Path
) -> None:
    _, waiting = await _filled(matching)
    before = await matching.places()
    file = tmp_path / "supposition.json"
    file.write_text(json.dumps({"capacities": {str(need_id("n")): 2}}))
    done = await engage(database_url, "what-if", file)
    assert done.returncode == 0, done.stderr
    assert f"Projet {waiting}" in done.stdout
    answer = json.loads((await engage(database_url, "what-if", file, "--json")).stdout)
    assert (answer["placed_before"], answer["placed_after"]) == (1, 2)
    assert await matching.places() == before
    for wrong, words in (
        ({"capacity": 3}, "capacity: Extra inputs are not permitted"),
        ({"rules": {"floor": -1}}, "floor"),
        ({"rules": {"weights": {"recused": 1000}}}, "recused is a gate"),
        ({"pins": [{"application_id": str(need_id("n")), "need_id": str(need_id("n"))}]}, "no candidate"),
    ):
        file.write_text(json.dumps(wrong))
        refused = await engage(database_url, "what-if", file)
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.replace("│", "").split())
