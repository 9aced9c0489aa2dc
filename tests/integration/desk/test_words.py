"""What each page of the desk publishes, and what it refuses by its field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.contest import ContestDecided
from contracts.deputies import DeputyNamed
from contracts.event import Event
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from contracts.obstacles import ObstacleUpdated
from contracts.rounds import RoundRequested
from libraries.work_days.city import CITY
from services.desk.app import Desk
from tests.integration.desk.conftest import OFFICER, visitor
from tests.integration.desk.told import APPLICATION, ASSIGNMENT, NEED, event, thing, written

NEED_ID, OBSTACLE = UUID(int=201), UUID(int=202)
FORM: dict[str, object] = {
    "need_id": str(NEED_ID),
    "title": "Des repas",
    "description": "Ce qui manque.",
    "themes": ["social-justice"],
    "publics": [],
    "territories": ["13203"],
    "coverage": "uncovered",
    "salience": "pressing",
    "capacity": "2",
    "directorate": "direction-emploi",
    "owner_name": "Dominique",
    "owner_email": "dominique@ville.example",
    "seen": "new",
}
DOCUMENT = (
    '{"title": "Des repas", "description": "", "themes": ["social-justice"], "publics": [], "territories": ["13203"],'
    ' "coverage": "uncovered", "salience": "pressing", "capacity": 2, "directorate": "direction-emploi",'
    ' "strategic_axis": null, "review_on": null}'
)


async def declared(database_url: str, owner_id: UUID = OFFICER) -> None:
    async with written(database_url) as connection:
        await connection.execute(
            "INSERT INTO matching.need VALUES ($1, 1, 'open', $2, 'urn:form:needs', now(), $3, $4)",
            NEED_ID, owner_id, uuid4(), DOCUMENT,
        )  # fmt: skip


async def test_a_need_is_declared_by_who_is_signed_in(desk: Desk, published: list[Event[Any]]) -> None:
    assert (await visitor(desk, "officer").send("/needs/new", FORM)).status == 303
    (said,) = published
    assert isinstance(said.data, NeedDeclared)
    assert (said.subject, said.data.owner.person_id, said.data.capacity) == (str(NEED_ID), OFFICER, "2")


async def test_what_is_wrong_with_a_need_is_told_by_its_field_and_nothing_said(
    desk: Desk, published: list[Event[Any]]
) -> None:
    wrong = FORM | {"title": "", "capacity": "many", "owner_email": "nobody", "themes": []}
    answer = await visitor(desk, "officer").send("/needs/new", wrong)
    assert answer.status == 422
    for field, label in (
        ("title", "Name of the need"),
        ("capacity", "How many projects at most"),
        ("owner.email", "Address"),
        ("themes", "Themes"),
    ):
        assert f"<strong>{label}</strong>" in answer.text
        assert f'aria-describedby="wrong-{field}"' in answer.text
    assert 'value="many"' in answer.text, "what was typed is still there"
    assert published == []


@pytest.mark.parametrize(
    ("field", "typed"), [("coverage", ""), ("salience", ""), ("title", "x" * 600), ("owner_name", "x" * 600)]
)
async def test_what_is_left_out_or_too_long_is_told_beside_it_and_all_else_stays(
    desk: Desk, published: list[Event[Any]], field: str, typed: str
) -> None:
    answer = await visitor(desk, "officer").send("/needs/new", FORM | {field: typed})
    assert answer.status == 422
    assert f'id="wrong-{field.replace("_", ".")}"' in answer.text
    assert "Ce qui manque.</textarea>" in answer.text
    assert published == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"coverage": "perhaps"}, 422),
        ({"need_id": "x"}, 422),
        ({"territories": ["13203"] * 101}, 422),
        ({"description": "x" * 20_001}, 422),
        ({"title": "\x00"}, 422),
    ],
)
async def test_a_form_that_no_page_sends_is_refused(
    desk: Desk, published: list[Event[Any]], fields: dict[str, object], status: int
) -> None:
    assert (await visitor(desk, "officer").send("/needs/new", FORM | fields)).status == status
    assert published == []


async def test_a_need_is_revised_and_closed_by_its_owner_or_a_head(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    await declared(database_url)
    other = UUID(int=8)
    stranger, head = visitor(desk, "officer", person_id=other), visitor(desk, "programme-head", person_id=other)
    assert (await stranger.send(f"/needs/{NEED_ID}/revise", FORM)).status == 403
    assert (await stranger.send(f"/needs/{NEED_ID}/close", {"reason": "answered"})).status == 403
    assert (await head.send(f"/needs/{NEED_ID}/revise", FORM | {"seen": "1"})).status == 303
    assert (await visitor(desk, "officer").send(f"/needs/{NEED_ID}/close", {"reason": "answered"})).status == 303
    revised, closed = (said.data for said in published)
    assert isinstance(revised, NeedRevised)
    assert revised.owner.person_id == OFFICER, "a head revises it in its owner's place"
    assert isinstance(closed, NeedClosed)
    assert closed.reason == "answered"


async def test_a_form_of_a_need_keeps_what_another_form_named(desk: Desk, database_url: str) -> None:
    await declared(database_url)
    async with written(database_url) as connection:
        await connection.execute("UPDATE matching.need SET document = replace(document, '13203', 'QN01363M')")
    text = (await visitor(desk, "officer").get(f"/needs/{NEED_ID}")).text
    assert 'value="QN01363M" checked' in text


async def test_who_comes_by_a_link_types_the_name_that_a_need_is_revised_with(desk: Desk, database_url: str) -> None:
    await declared(database_url)
    officer = visitor(desk, "officer")
    assert 'name="owner_name" value="Dominique"' in (await officer.get(f"/needs/{NEED_ID}")).text
    assert officer.session is not None
    officer.session = officer.session.model_copy(update={"who": "par le lien d’un message", "matter_id": NEED_ID})
    assert 'name="owner_name" value=""' in (await officer.get(f"/needs/{NEED_ID}")).text


async def test_a_deputy_is_named_until_the_end_of_a_day_and_ended(desk: Desk, published: list[Event[Any]]) -> None:
    officer, day = visitor(desk, "officer"), (datetime.now(UTC) + timedelta(days=9)).date()
    named = {"deputy_name": "Sam", "deputy_email": "Sam@ville.example", "until": day.isoformat()}
    for wrong, said in (
        ({"deputy_name": ""}, "<strong>Name</strong>: an answer is missing"),
        ({"deputy_email": "sam"}, "<strong>Address</strong>: This e-mail address is not valid"),
        ({"deputy_id": "sam"}, "choose from the list"),
        ({"until": "2020-01-01"}, "<strong>Until</strong>"),
        ({"until": "tomorrow"}, "<strong>Until</strong>: write a day as"),
    ):
        answer = await officer.send("/deputy", named | wrong)
        assert (answer.status, said in answer.text) == (422, True)
        (field,) = wrong
        assert f'id="{field.replace("until", "deputy_until").replace("_", "-")}-why"' in answer.text
        kept = "Sam@ville.example" if field != "deputy_email" else "Sam"
        assert f'value="{kept}"' in answer.text, "what was typed is still there"
    await officer.send("/deputy", named | {"until": f"{day:%d/%m/%Y}"})
    await officer.send("/deputy", {"what": "end", "seen": "end"})
    first, last = (said.data for said in published)
    assert isinstance(first, DeputyNamed)
    assert isinstance(last, DeputyNamed)
    assert first.deputy is not None
    assert first.until is not None
    assert (first.owner_id, first.deputy.name, first.until.date() >= day) == (OFFICER, "Sam", True)
    assert (last.deputy, last.until) == (None, None)


async def test_an_obstacle_is_taken_lifted_and_given_up(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        facts = {"title": "Un toit", "kind": "premises", "service": "direction-emploi", "owner": str(OFFICER)}
        await thing(connection, OBSTACLE, "obstacle", "open", facts)
        opened = {"assignment_id": str(ASSIGNMENT), "obstacle_id": str(OBSTACLE)}
        await event(connection, "engage.obstacle.opened.v1", OBSTACLE, opened)
    officer, path = visitor(desk, "officer"), f"/obstacles/{OBSTACLE}"
    assert "Un toit" in (await officer.get("/obstacles")).text
    assert "Un toit" not in (await visitor(desk, "officer", person_id=UUID(int=8)).get("/obstacles")).text
    for wrong in ({"update": "burn"}, {"update": "abandon"}, {"update": "take", "service": "nowhere"}):
        assert (await officer.send(path, wrong)).status == 422
    assert (await officer.send(f"/obstacles/{uuid4()}", {"update": "lift"})).status == 404
    await officer.send(path, {"update": "take", "service": "direction-emploi", "comment": "je m’en charge"})
    await officer.send(path, {"update": "lift"})
    await officer.send(path, {"update": "abandon", "reason": "no-budget"})
    assert all(isinstance(said.data, ObstacleUpdated) for said in published)
    assert [(said.data.update, said.data.service, said.data.reason) for said in published] == [
        ("take", "direction-emploi", None),
        ("lift", None, None),
        ("abandon", None, "no-budget"),
    ]
    assert {said.data.updated_by for said in published} == {f"officer:{OFFICER}"}


async def test_a_round_is_asked_for_once_by_a_head(desk: Desk, published: list[Event[Any]]) -> None:
    head, fields = visitor(desk, "programme-head"), {"round_id": str(uuid4()), "track": "implantation"}
    assert (await visitor(desk, "officer").send("/rounds", fields)).status == 403
    assert (await head.send("/rounds", fields | {"track": "elsewhere"})).status == 422
    assert (await head.send("/rounds", fields | {"round_id": "x"})).status == 422
    for _ in range(2):
        await head.send("/rounds", fields)
    assert len({said.id for said in published}) == 1
    assert isinstance(published[0].data, RoundRequested)


async def test_a_verdict_has_its_scores_and_its_embargo_in_the_citys_time(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    async with written(database_url) as connection:
        await thing(connection, APPLICATION, "application", "registered", {"title": "Un toit", "track": "contest"})
    jury, path = visitor(desk, "foundation"), f"/contest/{APPLICATION}"
    until = datetime.now(CITY.zone).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=30)
    verdict = {"decision": "laureate", "social-impact": "80", "team": "0", "publish_at": f"{until:%Y-%m-%dT%H:%M}"}
    assert (await visitor(desk, "programme-head").send(path, verdict)).status == 403
    past, never = ({"publish_at": f"{year:04}-07-01T18:00"} for year in (26, until.year + 30))
    for wrong in ({"social-impact": "101"}, {"publish_at": ""}, past, never, {"decision": "perhaps"}):
        answer = await jury.send(path, verdict | wrong | {"comment": "Une belle équipe."})
        assert answer.status == 422
        (field,) = wrong
        assert f'id="{field}-why"' in answer.text
        assert "Une belle équipe.</textarea>" in answer.text, "what was typed is still there"
        assert ('value="laureate" required checked' in answer.text) == (field != "decision")
    await jury.send(path, verdict)
    (said,) = published
    assert isinstance(said.data, ContestDecided)
    assert said.data.publish_at == until
    points = {score.criterion: score.points for score in said.data.scores}
    assert (points["social-impact"], points["team"], points["innovation"]) == (80, 0, None)


async def test_what_is_supposed_is_computed_and_nothing_published(
    desk: Desk, published: list[Event[Any]], database_url: str
) -> None:
    await declared(database_url)
    head = visitor(desk, "programme-head")
    answer = await head.get(f"/what-if?need={NEED_ID}&places=5")
    assert (answer.status, "Nothing differs." in answer.text) == (200, True)
    for wrong in ("need=x&places=1", f"need={NEED_ID}&places=-1", f"need={NEED_ID}", f"need={uuid4()}&places=1"):
        assert (await head.get(f"/what-if?{wrong}")).status == 422
    assert (await head.get(f"/what-if?project={uuid4()}&for={NEED}&what=pin")).status == 422
    assert published == []


async def test_pages_of_heads_are_shown_where_nothing_has_happened_yet(desk: Desk) -> None:
    head = visitor(desk, "programme-head", "foundation")
    for path in ("/programme", "/programme/people", "/rounds", "/rounds?simulate=yes", "/what-if", "/contest"):
        assert (await head.get(path)).status == 200
        assert (await visitor(desk, "officer").get(path)).status == 403


async def test_each_page_gives_an_id_of_its_own_to_what_may_be_made_on_it(desk: Desk) -> None:
    officer, head = visitor(desk, "officer"), visitor(desk, "programme-head")
    for somebody, where, name in ((officer, "/needs/new", "need_id"), (head, "/rounds", "round_id")):
        shown = [(await somebody.get(where)).text.split(f'name="{name}" value="')[1].partition('"')[0] for _ in "ab"]
        assert len({UUID(each) for each in shown}) == 2
