"""Applications and leads belong to the form that introduced them: what another says of them changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.contacts import contact_id_of
from contracts.message import EventData
from tests.integration.intake.conftest import Connection, Published, sent, take_all
from tests.unit.intake.forms import IN_2024, corrected, lead, submitted

LATER = IN_2024 + timedelta(days=60)
STRANGER = "urn:form:stranger"


def refusals(published: list[Published]) -> list[tuple[str, list[str]]]:
    return [
        (each.key, [reason["code"] for reason in each.data["reasons"]])
        for each in published
        if each.name == "application.form-refused"
    ]


async def rows(connection: Connection) -> list[Any]:
    return [
        [tuple(row) for row in await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in ("application", "application_version", "lead")
    ]


def withdrawal(form: ApplicationSubmitted) -> ApplicationWithdrawalRequested:
    return ApplicationWithdrawalRequested(application_id=form.application_id, requested_at=LATER)


@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("word", ["submitted", "corrected", "withdrawn"])
async def test_another_source_s_word_about_an_application_changes_nothing(
    connection: Connection, word: str, batched: bool
) -> None:
    form = submitted()
    other_lead = lead(email="attacker@example.org")
    hostile: EventData = {
        "submitted": form.model_copy(update={"lead": corrected(form, corrected_at=LATER, lead=other_lead).lead}),
        "corrected": corrected(form, corrected_at=datetime(2098, 1, 1, tzinfo=UTC), lead=other_lead),
        "withdrawn": withdrawal(form),
    }[word]
    if batched:
        published = (await take_all(connection, form, sent(hostile, source=STRANGER)))[2:]
    else:
        await take_all(connection, form)
        before = await rows(connection)
        published = await take_all(connection, sent(hostile, source=STRANGER))
        assert await rows(connection) == before
    (refused,) = published
    assert refusals(published) == [(str(form.application_id), ["another-source"])]
    assert refused.data["reasons"][0]["field"] == "application_id"
    assert all(refused.data["reasons"][0][language] for language in ("fr", "en"))
    amended = await take_all(connection, corrected(form, corrected_at=LATER))
    assert [each.name for each in amended] == ["contact.published", "application.amended"]


@pytest.mark.parametrize("batched", [False, True])
async def test_a_form_that_names_another_source_s_lead_leaves_no_trace(connection: Connection, batched: bool) -> None:
    form = submitted()
    hostile = submitted(
        lead=lead(person_id=form.lead.person_id, email="attacker@example.org"),
        consent=False,
        submitted_at=datetime(2098, 1, 1, tzinfo=UTC),
    )
    if batched:
        published = (await take_all(connection, form, sent(hostile, source=STRANGER)))[2:]
    else:
        await take_all(connection, form)
        before = await rows(connection)
        published = await take_all(connection, sent(hostile, source=STRANGER))
        assert await rows(connection) == before
    assert [each.name for each in published] == ["application.form-refused"]
    assert refusals(published) == [(str(hostile.application_id), ["person-of-another-source"])]
    assert "attacker" not in str(published)
    assert await connection.fetchval("SELECT count(*) FROM application") == 1


async def test_a_correction_cannot_bring_in_another_source_s_lead(connection: Connection) -> None:
    form, mine = submitted(), submitted()
    await take_all(connection, form, sent(mine, source=STRANGER))
    hostile = corrected(mine, corrected_at=LATER, lead=lead(person_id=form.lead.person_id))
    published = await take_all(connection, sent(hostile, source=STRANGER))
    assert refusals(published) == [(str(mine.application_id), ["person-of-another-source"])]


@pytest.mark.parametrize("batched", [False, True])
async def test_the_desk_corrects_and_withdraws_what_a_form_introduced(connection: Connection, batched: bool) -> None:
    form, desk = submitted(), "urn:form:desk"
    mended = sent(corrected(form, corrected_at=LATER), source=desk)
    if batched:
        published = (await take_all(connection, form, mended))[2:]
    else:
        await take_all(connection, form)
        published = await take_all(connection, mended)
    assert [each.name for each in published] == ["contact.published", "application.amended"]
    # Both stay the form's that introduced them.
    again = await take_all(connection, corrected(form, corrected_at=LATER + timedelta(days=1)))
    assert [each.name for each in again] == ["contact.published", "application.amended"]
    withdrawn = await take_all(connection, sent(withdrawal(form), source=desk))
    assert [each.name for each in withdrawn] == ["application.withdrawn"]


async def test_the_desk_introduces_nobody(connection: Connection) -> None:
    form, desk = submitted(), "urn:form:desk"
    published = await take_all(connection, sent(corrected(form, corrected_at=LATER), source=desk))
    assert refusals(published) == [(str(form.application_id), ["another-source", "person-of-another-source"])]
    await take_all(connection, form)
    other = corrected(form, corrected_at=LATER, lead=lead())
    published = await take_all(connection, sent(other, source=desk))
    assert refusals(published) == [(str(form.application_id), ["person-of-another-source"])]


async def test_all_that_is_wrong_is_said_at_once(connection: Connection) -> None:
    form = submitted()
    await take_all(connection, form)
    published = await take_all(connection, sent(corrected(form, corrected_at=LATER), source=STRANGER))
    assert refusals(published) == [(str(form.application_id), ["another-source", "person-of-another-source"])]


async def test_a_refused_form_does_not_bind_whom_it_names(connection: Connection) -> None:
    form, free = submitted(), lead()
    hostile = corrected(form, corrected_at=LATER, lead=free)
    await take_all(connection, form, sent(hostile, source=STRANGER))
    published = await take_all(connection, submitted(lead=free))
    assert [each.name for each in published][:2] == ["contact.published", "application.registered"]


async def test_a_rejected_form_binds_its_lead_and_one_source_may_have_many(connection: Connection) -> None:
    first, second = submitted(consent=False), submitted()
    await take_all(connection, first)
    same_lead = submitted(lead=first.lead.model_dump())
    assert refusals(await take_all(connection, sent(same_lead, source=STRANGER)))
    published = await take_all(connection, second, same_lead)
    assert [each.key for each in published if each.name == "contact.published"] == [
        str(contact_id_of("lead", form.lead.person_id)) for form in (second, same_lead)
    ]
