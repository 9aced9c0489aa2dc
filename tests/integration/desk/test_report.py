"""The year's figures at the desk: on a page with plots, and as files, for heads and for the foundation."""

from __future__ import annotations

import csv
import io
import json

import pytest

from services.desk.app import Desk
from tests.integration.desk.conftest import visitor
from tests.integration.desk.told import APPLICATION, ASSIGNMENT, NEED, event, thing, written


async def told(database_url: str) -> None:
    async with written(database_url) as connection:
        facts = {"title": "Un toit", "organisation": "Maison", "track": "implantation", "edition": "implantation"}
        await thing(connection, APPLICATION, "application", "registered", facts)
        project = {"project": {"themes": ["housing"], "territories": ["13203"]}}
        await event(connection, "engage.application.registered.v1", APPLICATION, project)
        await thing(connection, NEED, "need", "open", {"title": "=Loger", "directorate": "direction-habitat"})
        await thing(connection, ASSIGNMENT, "assignment", "confirmed", {"need": "Loger"})
        await connection.execute("UPDATE journal.thing SET story_id = $1 WHERE id = $2", APPLICATION, ASSIGNMENT)
        figures = {"year": 1, "figures": [{"code": "people-reached", "baseline": 100, "value": 140}]}
        await event(connection, "engage.impact.recorded.v1", ASSIGNMENT, figures)


@pytest.mark.parametrize("role", ["programme-head", "foundation"])
async def test_figures_stand_beside_plots_in_words_of_one_language(desk: Desk, database_url: str, role: str) -> None:
    await told(database_url)
    french = (await visitor(desk, role).get("/programme/report", **{"accept-language": "fr"})).text  # type: ignore[arg-type]
    assert "Bilan de toutes les éditions" in french
    assert "Impact\u00a0: Personnes accompagnées" in french
    assert "People reached" not in french
    assert french.count('<svg class="bars"') >= 3
    of_edition = await visitor(desk, "programme-head").get("/programme/report?edition=implantation")
    assert "Report of the edition implantation" in of_edition.text
    assert "Impact: People reached" in of_edition.text
    assert (await visitor(desk, "programme-head").get("/programme/report?edition=none")).status == 404


async def test_officers_see_no_report(desk: Desk) -> None:
    assert (await visitor(desk, "officer").get("/programme/report")).status == 403
    assert (await visitor(desk, "officer").get("/programme/report.json")).status == 403


async def test_a_report_is_saved_as_a_document_a_table_and_data(desk: Desk, database_url: str) -> None:
    await told(database_url)
    head = visitor(desk, "programme-head")
    data = await head.get("/programme/report.json")
    assert json.loads(data.text)["applied"] == 1
    assert 'filename="report-' in data.headers["content-disposition"]
    table = list(csv.reader(io.StringIO((await head.get("/programme/report.csv")).text.removeprefix("\ufeff"))))
    assert ["At a glance", "Applications received", "Number", "1"] in table
    assert any(row[1] == "'=Loger" for row in table), "what begins as a formula is text"
    assert (await head.get("/programme/report.xls")).status == 404
