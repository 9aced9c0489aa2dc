"""Support plans and figures on the command line, over a programme in PostgreSQL."""

from __future__ import annotations

import json

from tests.command_line import engage
from tests.integration.mentoring.transactions import Connection, take
from tests.unit.mentoring.examples import assignment_id, confirmed
from tests.unit.mentoring.test_support import impact, introduced, said


async def test_support_plans_are_listed_and_filtered(database_url: str, connection: Connection) -> None:
    await take(connection, confirmed(1), confirmed(2), introduced(outcome="in-contact"), said("rooting", "finish", 2))
    listed = await engage(database_url, "support")
    assert listed.returncode == 0, listed.stderr
    for words in ("Projet 2", "networking: started", "Incubateur fictif: in-contact", "rooting: finished"):
        assert words in listed.stdout
    (row,) = map(
        json.loads, (await engage(database_url, "support", "--json", "--state", "finished")).stdout.splitlines()
    )
    assert (row["project_title"], row["introductions"]) == ("Projet 2", [])
    of_one = await engage(database_url, "support", "--json", "--assignment", str(assignment_id(1)))
    assert json.loads(of_one.stdout)["introductions"][0]["partner_kind"] == "incubator"
    assert "There are no such plans." in (await engage(database_url, "support", "--state", "dropped")).stdout


async def test_figures_are_listed_year_by_year(database_url: str, connection: Connection) -> None:
    assert "No figures were reported." in (await engage(database_url, "impact")).stdout
    await take(connection, confirmed(1), impact(0, jobs=3), impact(2, jobs=11, places=2))
    listed = (await engage(database_url, "impact")).stdout
    for words in ("Projet 1", "beginning", "year 2", "11"):
        assert words in listed
    row = json.loads((await engage(database_url, "impact", "--json", "--assignment", str(assignment_id(1)))).stdout)
    assert row["years"] == {"0": {"jobs": 3}, "2": {"jobs": 11, "places": 2}}


async def test_a_filter_that_cannot_be_is_refused(database_url: str) -> None:
    for arguments, words in (
        (("support", "--state", "asleep"), "not one of 'planned'"),
        (("support", "--assignment", "x"), "a valid UUID"),
        (("impact", "--assignment", "x"), "a valid UUID"),
    ):
        refused = await engage(database_url, *arguments)
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.replace("│", "").split())
