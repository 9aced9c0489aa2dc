"""What intake publishes and keeps as an application goes through its states."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.contacts import contact_id_of
from libraries.chassis.handling import NotYet
from tests.integration.intake.conftest import Connection, Published, sent, take, take_all
from tests.unit.intake.forms import IN_2024, corrected, new_id, organisation, submitted

LATER = IN_2024 + timedelta(days=60)


def withdrawal(form: ApplicationSubmitted) -> ApplicationWithdrawalRequested:
    return ApplicationWithdrawalRequested(
        application_id=form.application_id, requested_at=LATER, comment="Camille Exemple part à la retraite"
    )


def course(published: list[Published]) -> list[tuple[str, str | None, str, int]]:
    return [(each.name, each.data["from"], each.data["to"], each.data["version"]) for each in published]


def without(**missing: Any) -> dict[str, Any]:
    """An organisation that leaves something out, or says something else."""
    return organisation(**missing)


async def test_a_good_application_is_registered_with_cleaned_identifiers(connection: Connection) -> None:
    form = submitted(organisation_changes={"siret": "732 829 320 00074", "rna": "w9p1002760", "commune": "13055.0"})
    (registered,) = await take(connection, form)
    assert registered.key == str(form.application_id)
    data = registered.data
    assert course([registered]) == [("application.registered", None, "registered", 1)]
    assert data["organisation"] == {
        "name": form.organisation.name,
        "siren": "732829320",
        "rna": "W9P1002760",
        "commune": "13055",
        "identified_by": "siren",
    }
    assert (data["edition"], data["rules_version"]) == ("contest-2024", "contest-2024@1")
    assert data["actor"] == "engine:intake@1"
    assert data["project"]["title"] == data["project_title"] == form.project.title
    assert datetime.fromisoformat(data["occurred_at"]) == IN_2024


async def test_the_lead_goes_to_contacts_and_nowhere_else(connection: Connection) -> None:
    form = submitted(organisation_changes={"operating_income_eur": 1})
    again = corrected(form, corrected_at=LATER, lead=form.lead.model_copy(update={"email": "new@example.org"}))
    published = await take_all(connection, form, again)
    contact_id = str(contact_id_of("lead", form.lead.person_id))
    assert [(each.name, each.key, each.data.get("email")) for each in published] == [
        ("contact.published", contact_id, "camille@example.org"),
        ("application.rejected", str(form.application_id), None),
        ("contact.published", contact_id, "new@example.org"),
        ("application.rejected", str(form.application_id), None),
    ]
    others = json.dumps([each.data for each in published if each.name != "contact.published"])
    assert "Camille" not in others
    assert "example.org" not in others


async def test_nobody_is_written_to_who_did_not_agree_to_it(connection: Connection) -> None:
    form = submitted(consent=False)
    (asked,) = await take_all(connection, form)
    assert asked.name == "application.correction-requested"
    assert [reason["code"] for reason in asked.data["reasons"]] == ["consent-missing"]
    published = await take_all(connection, corrected(form, corrected_at=LATER, consent=True))
    assert [each.name for each in published] == ["contact.published", "application.registered"]
    refused = await take_all(connection, withdrawal(form), corrected(form, corrected_at=LATER))
    assert [each.name for each in refused] == ["application.withdrawn", "application.rejected"], "not taken, not told"


async def test_a_failing_application_is_rejected_with_every_reason(connection: Connection) -> None:
    form = submitted(organisation_changes={"operating_income_eur": 79_999, "published_on": None})
    (rejected,) = await take(connection, form)
    assert course([rejected]) == [("application.rejected", None, "rejected", 1)]
    said = {part: [(it["code"], it["field"]) for it in rejected.data[part]] for part in ("reasons", "asked")}
    assert said == {
        "reasons": [("income-below-minimum", "organisation.operating_income_eur")],
        "asked": [("publication-missing", "organisation.published_on")],
    }
    assert rejected.data["reason"] == "income-below-minimum"


async def test_a_form_sent_outside_every_window_is_rejected(connection: Connection) -> None:
    form = submitted(submitted_at=datetime(2024, 2, 8, 17, 0, 1, tzinfo=UTC))
    (rejected,) = await take(connection, form)
    assert [reason["code"] for reason in rejected.data["reasons"]] == ["outside-every-window"]
    assert "8 février 2024" in rejected.data["reasons"][0]["fr"]
    assert rejected.data["edition"] == "none"


async def test_what_is_missing_is_asked_for_until_it_comes(connection: Connection) -> None:
    form = submitted(organisation_changes={"published_on": None, "income_year": None})
    half = corrected(form, corrected_at=LATER, organisation=without(published_on=None))
    whole = corrected(form, corrected_at=LATER, organisation=organisation())
    seen = [await take(connection, each) for each in (form, half, whole)]
    assert [course(published) for published in seen] == [
        [("application.correction-requested", None, "correction-requested", 1)],
        [("application.correction-requested", "correction-requested", "correction-requested", 2)],
        [("application.registered", "correction-requested", "registered", 3)],
    ]
    assert [len(published[0].data.get("reasons", ())) for published in seen] == [2, 1, 0]


@pytest.mark.parametrize("batched", [False, True])
async def test_the_states_of_an_application(connection: Connection, batched: bool) -> None:
    form = submitted()
    poor = corrected(form, corrected_at=LATER, organisation=without(operating_income_eur=1))
    vague = corrected(form, corrected_at=LATER, organisation=without(published_on=None))
    fine = corrected(form, corrected_at=LATER)
    story = [form, fine, poor, poor, fine, vague, fine, withdrawal(form), withdrawal(form), fine, form]
    if batched:
        published = await take(connection, *story)
    else:
        published = [each for step in story for each in await take(connection, step)]
    assert course(published) == [
        ("application.registered", None, "registered", 1),
        ("application.amended", "registered", "registered", 2),
        ("application.rejected", "registered", "rejected", 3),
        ("application.rejected", "rejected", "rejected", 4),
        ("application.registered", "rejected", "registered", 5),
        ("application.correction-requested", "registered", "correction-requested", 6),
        ("application.registered", "correction-requested", "registered", 7),
        ("application.withdrawn", "registered", "withdrawn", 8),
        # The second withdrawal says nothing; what follows is refused and changes nothing.
        ("application.rejected", "withdrawn", "withdrawn", 8),
        ("application.rejected", "withdrawn", "withdrawn", 8),
    ]
    assert [each.data["reason"] for each in published[-2:]] == ["already-withdrawn"] * 2
    row = await connection.fetchrow("SELECT state, version FROM application")
    assert row is not None
    assert tuple(row) == ("withdrawn", 8)
    assert await connection.fetchval("SELECT count(*) FROM application_version") == 8


async def test_who_acted_is_the_form_or_the_rules(connection: Connection) -> None:
    form = submitted()
    published = await take(connection, form, corrected(form, corrected_at=LATER), withdrawal(form))
    assert [each.data["actor"] for each in published] == ["engine:intake@1", "form", "form"]


async def test_the_free_text_of_a_withdrawal_stays_out_of_public_events(connection: Connection) -> None:
    form = submitted()
    *_, withdrawn = await take(connection, form, withdrawal(form))
    assert "Camille" not in json.dumps(withdrawn.data)


async def test_a_second_submission_corrects_the_first_even_after_the_closing_date(connection: Connection) -> None:
    form = submitted()
    again = form.model_copy(update={"submitted_at": datetime(2024, 3, 1, tzinfo=UTC)})
    await take(connection, form)
    (amended,) = await take(connection, again)
    assert course([amended]) == [("application.amended", "registered", "registered", 2)]
    assert amended.data["edition"] == "contest-2024"


async def test_an_application_that_came_too_early_can_be_sent_again_in_time(connection: Connection) -> None:
    early = submitted(submitted_at=datetime(2024, 1, 1, tzinfo=UTC))
    published = await take(connection, early, early.model_copy(update={"submitted_at": IN_2024}))
    assert course(published) == [
        ("application.rejected", None, "rejected", 1),
        ("application.registered", "rejected", "registered", 2),
    ]


async def test_what_refers_to_an_unknown_application_waits(connection: Connection) -> None:
    form = submitted()
    with pytest.raises(NotYet) as waiting:
        await take(connection, withdrawal(form))
    assert waiting.value.reference == f"application:{form.application_id}"


async def test_a_correction_is_the_first_form_where_none_before_it_could_be_taken(connection: Connection) -> None:
    form = submitted()
    published = await take(connection, corrected(form, corrected_at=LATER))
    assert course(published) == [("application.registered", None, "registered", 1)]


async def test_a_laureate_enters_the_implantation_programme(connection: Connection) -> None:
    time = datetime(2024, 10, 1, tzinfo=UTC)
    bare = {name: None for name in organisation() if name != "name"}
    laureate = submitted(track="implantation", submitted_at=time, organisation_changes=bare | {"laureate_year": 2019})
    other = submitted(track="implantation", submitted_at=time, organisation_changes={"laureate": False})
    first, flag, second = await take(connection, laureate, other)
    assert (first.name, first.data["edition"]) == ("application.registered", "implantation-2024")
    assert [each["code"] for each in flag.data["flags"]] == ["organisation-unidentified"]
    assert [reason["code"] for reason in second.data["reasons"]] == ["laureate-required"]


async def test_each_version_is_kept_as_received_with_the_answers_of_all_rules(connection: Connection) -> None:
    form = submitted(organisation_changes={"siret": " 732 829 320 00074 "})
    await take(connection, form)
    row = await connection.fetchrow("SELECT * FROM application_version")
    assert row is not None
    kept = ApplicationSubmitted.model_validate_json(row["payload"])
    assert kept == form
    assert kept.organisation.siret == " 732 829 320 00074 "
    answers = {answer["rule"]: answer["answer"] for answer in json.loads(row["answers"])}
    assert answers["income"] == "pass"
    assert len(answers) == 7


async def test_the_same_form_at_a_replay_says_the_same(connection: Connection, other_connection: Connection) -> None:
    form = sent(submitted(application_id=new_id(), organisation_changes={"operating_income_eur": 1}))
    first = await take(connection, form)
    await connection.execute("TRUNCATE application, application_version, organisation_key, lead")
    assert await take(other_connection, form) == first


@pytest.mark.parametrize("texts_public", [True, False])
async def test_texts_that_are_not_public_end_with_their_application(
    connection: Connection, *, texts_public: bool
) -> None:
    form = submitted(texts_public=texts_public)
    await take_all(connection, form)
    published = await take_all(connection, withdrawal(form))
    ended = [(each.key, bool(each.data)) for each in published if each.name == "application.described"]
    assert ended == ([] if texts_public else [(str(form.application_id), False)])
    assert await take_all(connection, withdrawal(form)) == [], "said again it says nothing"
