"""What each person can say behind their link, as the event that it makes."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codec import encode
from contracts.event import Event
from contracts.sources import DESK, may_send
from contracts.unpublished import UNPUBLISHED
from libraries.pages.asking import Fields
from services.desk.linked.acts import ACTS, MOST_COMMENT
from services.desk.linked.correcting import known
from services.desk.linked.given import Unclear
from services.desk.linked.standing import LinkedPage
from tests.unit.desk.matters import (
    APPLICATION,
    ASSIGNMENT,
    BROUGHT,
    INTRODUCTION,
    LEAD,
    MATTER,
    MENTOR_ID,
    NOW,
    OBSTACLE,
    PEOPLE,
    asked,
    introduction,
    matter,
    obstacle,
)

FIELDS: dict[str, Fields] = {
    "meet": {"held_on": ["2026-03-09"], "minutes": ["60"], "next_step": ["meet-again"], "obstacle_id": [str(OBSTACLE)]},
    "review": {"wish": ["go-on"], "goals": ["partly"]},
    "pause": {"until": ["2026-04-01"], "reason": ["holidays"]},
    "resume": {},
    "end": {"reason": ["no-time"]},
    "another": {},
    "report-obstacle": {"kind": ["premises"], "service": ["direction-habitat"], "comment": ["Pas de local."]},
    "lift-obstacle": {"obstacle_id": [str(OBSTACLE)]},
    "report-impact": {"year": ["1"], "figure-people-reached": ["120"], "figure-volunteers": [""]},
    "take": {},
    "lift": {},
    "hand-on": {"service": ["direction-emploi"]},
    "abandon": {"reason": ["no-budget"]},
    "withdraw": {"reason": ["project-stopped"]},
    "introduce": {"partner": ["Incubateur du port"], "partner_kind": ["incubator"], "made_on": ["2026-03-02"]},
    "tell-what-came": {"introduction_id": [str(INTRODUCTION)], "outcome": ["cooperation"]},
    "give-wishes": {"skills": ["housing"], "languages": ["fr", "en"], "slots": ["mon-morning", "sat-evening"]},
    "revise-mentor": {
        "skills": ["youth-employment", "a-code-of-before"],
        "languages": ["fr"],
        "territories": ["13203"],
        "slots": ["tue-evening"],
        "capacity": ["3"],
        "directorate": ["direction-emploi"],
        "role": ["Chargée de mission"],
        "person.name": ["Ada"],
        "person.email": ["ada@ville.example"],
        "person.language": ["fr"],
    },
    "abstain": {"application_id": [str(APPLICATION)]},
    "leave": {"reason": ["changes-post"]},
    "be-forgotten": {"applications": ["withdraw"], "sure": ["yes"]},
    "correct": {
        "organisation.name": ["L’Atelier"],
        "project.title": ["Jardins"],
        "project.themes": ["youth-employment", "housing"],
        "project.territories": ["13203, 15e arrondissement"],
        "organisation.laureate": ["no"],
        "lead.name": ["Ada"],
        "lead.email": ["ada@asso.example"],
        "texts_public": ["yes"],
        "consent": ["yes"],
    },
}
EVERY_ACT = [(page, role, name) for (page, role), acts in ACTS.items() for name in acts]
REPORTER = {"lead": f"lead:{LEAD}", "mentor": f"mentor:{MENTOR_ID}", "owner": f"officer:{PEOPLE['owner']}"}
REPORTER["service"] = f"officer:{PEOPLE['service']}"


def said(page: LinkedPage, role: str, name: str, fields: Fields | None = None, **how: Any) -> dict[str, Any]:
    # Of this assignment, and of another one of the same application.
    of_both = obstacle(MATTER if page == "project" else ASSIGNMENT), obstacle(APPLICATION, UUID(int=5))
    made = introduction(MATTER if page == "project" else ASSIGNMENT)
    given_ = asked(page, role, FIELDS[name] if fields is None else fields, *of_both, made, **how)
    data = ACTS[page, role][name](given_)
    assert may_send(DESK, data.event_type), "the desk may not send it"
    encode(Event("an-id", DESK, str(data.aggregate_id), NOW, "an-id", None, None, data))
    return data.model_dump(mode="json")


@pytest.mark.parametrize(("page", "role", "name"), EVERY_ACT)
def test_each_act_is_an_event_in_its_person_s_name(page: LinkedPage, role: str, name: str) -> None:
    event = said(page, role, name)
    assert event == said(page, role, name), "a second click says the same"
    by = event.get("reported_by") or event.get("requested_by") or event.get("updated_by") or event.get("given_by")
    if by is not None:
        assert by == REPORTER[role]
    else:
        assert name in ("review", "correct", "withdraw", "be-forgotten", "revise-mentor", "abstain", "leave")
        assert event.get("party", role) == role
    about = {event.get(name) for name in ("pair_id", "assignment_id", "application_id", "obstacle_id", "mentor_id")}
    who = event.get("person_id") or event.get("person", {}).get("person_id")
    assert about & {str(MATTER), str(ASSIGNMENT)} or who == str(PEOPLE[role])


def test_a_mentor_changes_what_is_theirs_and_claims_no_more_than_was_claimed() -> None:
    event = said("mentor", "mentor", "revise-mentor", {**FIELDS["revise-mentor"], "ethics_check_done": ["yes"]})
    assert event["skills"] == ["youth-employment", "a-code-of-before"], "what no list has any more is not lost"
    assert (event["capacity"], event["handled_applications"]) == (3, [str(APPLICATION)])
    claimed = [
        event[name] for name in ("line_manager_authorised", "line_manager_authorised_until", "ethics_check_done")
    ]
    assert claimed == [True, "2027-01-01", False]
    assert event["line_manager"]["person_id"] == str(BROUGHT.line_manager_id)
    assert event["line_manager"]["name"] is None, "it is named by its id alone, and stays"


def test_a_new_line_manager_is_somebody_else_and_named_whole() -> None:
    named: Fields = {"line_manager.name": ["Sacha"], "line_manager.email": ["sacha@ville.example"]}
    event = said("mentor", "mentor", "revise-mentor", {**FIELDS["revise-mentor"], **named})
    assert event["line_manager"]["email"] == "sacha@ville.example"
    assert event["line_manager"]["person_id"] != str(BROUGHT.line_manager_id)
    with pytest.raises(Unclear, match=r"line_manager\.email"):
        said("mentor", "mentor", "revise-mentor", {**FIELDS["revise-mentor"], "line_manager.name": ["Sacha"]})


@pytest.mark.parametrize(
    ("page", "role", "name", "field", "value"),
    [
        ("mentor", "mentor", "revise-mentor", "slots", "sun-morning"),
        ("mentor", "mentor", "revise-mentor", "capacity", "21"),
        ("mentor", "mentor", "revise-mentor", "person.name", ""),
        ("mentor", "mentor", "revise-mentor", "person.email", "zoe@@ville"),
        ("mentor", "mentor", "revise-mentor", "person.telephone", "au bureau"),
        ("mentor", "mentor", "revise-mentor", "paused_until", "2026-03-09"),
        ("mentor", "mentor", "abstain", "application_id", str(OBSTACLE)),
        ("mentor", "mentor", "leave", "reason", ""),
        ("pair", "lead", "give-wishes", "skills", "juggling"),
        ("pair", "lead", "introduce", "partner", ""),
        ("pair", "mentor", "introduce", "made_on", "2026-03-11"),
        ("project", "lead", "tell-what-came", "introduction_id", str(OBSTACLE)),
        ("pair", "lead", "meet", "held_on", ""),
        ("pair", "lead", "meet", "held_on", "hier"),
        ("pair", "lead", "meet", "held_on", "2026-03-11"),
        ("pair", "lead", "meet", "held_on", "2020-01-01"),
        ("pair", "lead", "meet", "minutes", "0"),
        ("pair", "lead", "meet", "minutes", "1441"),
        ("pair", "lead", "meet", "minutes", "une heure"),
        ("pair", "lead", "meet", "minutes", "9" * 40),
        ("pair", "lead", "meet", "next_step", "dance"),
        ("pair", "lead", "meet", "obstacle_id", str(APPLICATION)),
        ("pair", "lead", "lift-obstacle", "obstacle_id", str(UUID(int=5))),
        ("pair", "mentor", "review", "wish", ""),
        ("pair", "mentor", "review", "goals", "all"),
        ("pair", "mentor", "pause", "until", "2026-03-10"),
        ("pair", "mentor", "pause", "until", "2028-03-10"),
        ("pair", "mentor", "pause", "reason", ""),
        ("pair", "lead", "end", "reason", "another-pair"),
        ("project", "lead", "report-obstacle", "kind", "weather"),
        ("project", "lead", "report-obstacle", "service", "direction-x"),
        ("project", "lead", "report-obstacle", "comment", "x" * (MOST_COMMENT + 1)),
        ("project", "lead", "report-obstacle", "comment", "a\x00b"),
        ("project", "lead", "lift-obstacle", "obstacle_id", ""),
        ("project", "lead", "report-impact", "year", "11"),
        ("project", "lead", "report-impact", "figure-people-reached", "-1"),
        ("project", "lead", "report-impact", "figure-people-reached", ""),
        ("obstacle", "service", "hand-on", "service", "direction-habitat"),
        ("obstacle", "owner", "abandon", "reason", ""),
        ("application", "lead", "withdraw", "reason", "x"),
        ("application", "lead", "correct", "lead.email", ""),
        ("application", "lead", "correct", "lead.email", "ada chez asso.example"),
        ("application", "lead", "correct", "organisation.siret", "73282932000075"),
        ("application", "lead", "correct", "organisation.published_on", "au printemps"),
        ("application", "lead", "correct", "organisation.operating_income_eur", "120 000,50"),
        ("application", "lead", "correct", "project.territories", "13203, Félix-Pyat"),
        ("application", "lead", "correct", "project.title", ""),
        ("application", "lead", "correct", "consent", ""),
        ("application", "lead", "correct", "texts_public", ""),
        ("application", "lead", "correct", "project.summary", "x" * 10_001),
    ],
)
def test_what_can_t_be_taken_names_its_field(page: LinkedPage, role: str, name: str, field: str, value: str) -> None:
    with pytest.raises(Unclear) as caught:
        said(page, role, name, {**FIELDS[name], field: [value]})
    assert caught.value.field == field
    assert caught.value.why.fr != caught.value.why.en


@pytest.mark.parametrize(
    ("page", "role", "name", "wrong"),
    [
        ("application", "lead", "correct", {"lead.email": "ada", "consent": "", "organisation.income_year": "hier"}),
        (
            "mentor",
            "mentor",
            "revise-mentor",
            {"person.email": "zoe", "capacity": "deux", "line_manager.name": "Sacha"},
        ),
        ("pair", "lead", "meet", {"held_on": "demain", "minutes": "1h30"}),
        ("pair", "lead", "review", {"wish": "", "goals": ""}),
        ("project", "lead", "introduce", {"partner": "", "made_on": "demain"}),
        ("project", "lead", "be-forgotten", {"applications": "", "sure": ""}),
    ],
)
def test_all_that_can_t_be_taken_is_named_at_once(
    page: LinkedPage, role: str, name: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(Unclear) as caught:
        said(page, role, name, {**FIELDS[name], **{field: [value] for field, value in wrong.items()}})
    missing = {"line_manager.email" if field == "line_manager.name" else field for field in wrong}
    assert set(caught.value.whys) == missing


def test_a_bound_is_a_day_in_words_of_each_language() -> None:
    with pytest.raises(Unclear) as caught:
        said("pair", "lead", "meet", {**FIELDS["meet"], "held_on": ["2026-03-11"]})
    assert caught.value.why.fr == "au plus tard le 10 mars 2026"
    assert caught.value.why.en == "March 10, 2026 at the latest"


@pytest.mark.parametrize("day", ["09/03/2026", "9 mars 2026", "2026-03-09"])
@pytest.mark.parametrize("minutes", ["1\u00a0200", "1 200", "1200.0", "１２００"])
def test_days_and_numbers_are_read_as_people_type_them(day: str, minutes: str) -> None:
    event = said("pair", "lead", "meet", {**FIELDS["meet"], "held_on": [day], "minutes": [minutes]})
    assert (event["held_on"], event["minutes"]) == ("2026-03-09", 1200)


def test_what_both_report_of_a_day_is_one_meeting() -> None:
    by_lead, by_mentor = said("pair", "lead", "meet"), said("pair", "mentor", "meet")
    assert by_lead["meeting_id"] == by_mentor["meeting_id"]
    other_day = {**FIELDS["meet"], "held_on": ["2026-03-08"]}
    assert said("pair", "lead", "meet", other_day)["meeting_id"] != by_lead["meeting_id"]


def test_the_same_obstacle_reported_once_it_was_seen_is_another() -> None:
    first, again = said("pair", "lead", "report-obstacle"), said("pair", "lead", "report-obstacle", seen="1.1")
    assert first["obstacle_id"] != again["obstacle_id"]
    assert said("pair", "mentor", "report-obstacle")["obstacle_id"] != first["obstacle_id"]


def test_not_ours_hands_an_obstacle_to_the_service_that_was_chosen() -> None:
    event = said("obstacle", "service", "hand-on")
    assert (event["update"], event["service"]) == ("take", "direction-emploi")
    assert said("obstacle", "service", "take")["service"] is None


def test_a_correction_keeps_the_day_of_the_first_form_and_says_all_that_was_typed() -> None:
    event = said("application", "lead", "correct")
    assert event["submitted_at"] < (NOW - timedelta(days=29)).isoformat()
    assert event["lead"]["person_id"] == str(LEAD)
    assert event["project"]["themes"] == ["youth-employment", "housing"]
    assert event["project"]["territories"] == ["13203", "15e arrondissement"]
    assert event["organisation"]["laureate"] is False
    assert event["consent"] is True
    assert event["texts_public"] is True, "nobody is asked back what the form did not ask"


def test_what_is_not_published_is_written_again() -> None:
    known_of = known(matter("application", project_title=UNPUBLISHED))
    assert known_of["organisation.name"] == "L’Atelier"
    assert "project.title" not in known_of


def test_a_coalition_is_not_corrected_here() -> None:
    with pytest.raises(Unclear, match="coalition"):
        said("application", "lead", "correct", members=2)


@given(st.sampled_from(EVERY_ACT), st.data())
def test_whatever_is_typed_is_taken_or_named(act: tuple[LinkedPage, str, str], data: st.DataObject) -> None:
    page, role, name = act
    typed = st.lists(st.text(max_size=60), max_size=3)
    fields = {field: data.draw(typed, label=field) for field in FIELDS[name]}
    with contextlib.suppress(Unclear):
        said(page, role, name, fields)
