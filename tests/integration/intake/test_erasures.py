"""Whoever asks to be forgotten is, in whatever order what they said is read; and once all services have, it is said."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.catalogue import PROGRAMME
from contracts.contacts import contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten, Removed
from libraries.folding import fold
from services.intake.store import IntakeStore
from tests.integration.intake.conftest import Connection, Published, handle, sent, take, take_all
from tests.unit.intake.forms import IN_2024, SIREN, corrected, lead, new_id, submitted

ASKED = IN_2024 + timedelta(days=60)
SINCE = ASKED + timedelta(days=1)


def erasure(
    person_id: UUID, *, applications: Literal["go-on", "withdraw"] = "go-on", at: datetime = ASKED
) -> ErasureRequested:
    return ErasureRequested(person_id=person_id, applications=applications, requested_at=at)


def forgotten(person_id: UUID, service: str, *, count: int = 1, at: datetime = ASKED) -> PersonForgotten:
    removed = (Removed(what="mail", count=count),)
    return PersonForgotten(person_id=person_id, service=service, removed=removed, requested_at=at)


def withdrawal(form: ApplicationSubmitted, *, at: datetime = ASKED) -> ApplicationWithdrawalRequested:
    return ApplicationWithdrawalRequested(
        application_id=form.application_id, requested_at=at, comment="Camille Exemple part à la retraite"
    )


def names(published: list[Published]) -> list[str]:
    return [each.name for each in published]


def removed(published: list[Published]) -> dict[str, int]:
    (said,) = [each for each in published if each.name == "person.forgotten"]
    assert said.data["service"] == "intake"
    return {each["what"]: each["count"] for each in said.data["removed"]}


async def standing(connection: Connection, form: ApplicationSubmitted) -> Any:
    query = "SELECT state, organisation_name, project_title, siren, project_key FROM application WHERE id = $1"
    row = await connection.fetchrow(query, form.application_id)
    return row and tuple(row)


EMPTY = ("(effacé)", "(effacé)", None, "")


async def test_what_a_person_s_forms_said_is_forgotten_and_their_address_retracted(connection: Connection) -> None:
    form, other = submitted(), submitted()
    await take(connection, form)
    await take(connection, corrected(form, corrected_at=ASKED), other)
    published = await take_all(connection, erasure(form.lead.person_id))
    assert names(published) == ["contact.published", "person.forgotten", "application.content-erased"]
    assert removed(published) == {"application": 1, "contact": 1, "form": 2}
    assert published[0].key == str(contact_id_of("lead", form.lead.person_id))
    assert not published[0].data
    assert published[2].key == str(form.application_id)
    query = "SELECT count(*) FROM application_version WHERE application_id = $1 AND payload <> ''"
    assert await connection.fetchval(query, form.application_id) == 0
    assert await connection.fetchval(query, other.application_id) == 1
    assert await standing(connection, form) == ("registered", *EMPTY)
    assert (await standing(connection, other))[3] == SIREN


async def test_the_reasons_of_what_is_forgotten_stay(connection: Connection) -> None:
    form = submitted(organisation_changes={"operating_income_eur": 1})
    await take(connection, form)
    query = "SELECT answers FROM application_version"
    before = json.loads(await connection.fetchval(query))
    await take(connection, erasure(form.lead.person_id))
    assert json.loads(await connection.fetchval(query)) == [answer | {"observed": None} for answer in before]


async def test_a_request_is_answered_once_and_another_again(connection: Connection) -> None:
    form = submitted()
    await take(connection, form)
    person_id = form.lead.person_id
    assert "person.forgotten" in names(await take(connection, erasure(person_id)))
    assert await take(connection, erasure(person_id)) == []
    assert removed(await take(connection, erasure(person_id, at=SINCE))) == {}


async def test_whom_nobody_knows_is_forgotten_too(connection: Connection) -> None:
    published = await take_all(connection, erasure(new_id()))
    assert names(published) == ["contact.published", "person.forgotten"]
    assert removed(published) == {}


@pytest.mark.parametrize("erased_first", [False, True])
async def test_a_form_and_its_erasure_in_one_batch(connection: Connection, erased_first: bool) -> None:
    form = submitted()
    batch = [form, erasure(form.lead.person_id), corrected(form, corrected_at=ASKED), withdrawal(form)]
    if erased_first:
        batch.insert(0, batch.pop(1))
    published = await take_all(connection, *batch)
    contacts = [bool(each.data) for each in published if each.name == "contact.published"]
    assert contacts == ([False] if erased_first else [True, False])
    assert names(published).count("application.content-erased") == 2
    assert await connection.fetchval("SELECT count(*) FROM application_version WHERE payload <> ''") == 0


async def test_what_was_said_before_and_is_read_after_is_judged_and_not_kept(connection: Connection) -> None:
    form = submitted(project={"summary": "Camille Exemple accompagne les jeunes."})
    await take(connection, erasure(form.lead.person_id))
    published = []
    for batch in ([form], [corrected(form, corrected_at=ASKED)], [withdrawal(form)]):
        published += await take_all(connection, *batch)
    assert names(published) == [
        *("application.content-erased", "application.registered"),
        *("application.content-erased", "application.amended"),
        "application.withdrawn",
    ]
    assert datetime.fromisoformat(published[0].data["occurred_at"]) == ASKED
    for value in map(str, (form.project.title, form.organisation.name, SIREN, "Camille")):
        assert value not in json.dumps([each.data for each in published], ensure_ascii=False)
    assert await connection.fetchval("SELECT count(*) FROM application_version WHERE payload <> ''") == 0
    assert await standing(connection, form) == ("withdrawn", *EMPTY)


async def test_without_consent_it_is_said_that_a_late_form_is_forgotten_too(connection: Connection) -> None:
    form = submitted(consent=False)
    await take(connection, erasure(form.lead.person_id))
    assert names(await take_all(connection, form)) == ["application.correction-requested", "application.content-erased"]


@pytest.mark.parametrize("batched", [False, True])
async def test_what_they_say_since_is_taken_as_any_other(connection: Connection, batched: bool) -> None:
    form = submitted()
    since, asked = corrected(form, corrected_at=SINCE), erasure(form.lead.person_id, applications="withdraw")
    await take(connection, form)
    if batched:
        published = await take_all(connection, since, asked)
    else:
        published = await take_all(connection, since) + await take_all(connection, asked)
    contacts = [each.data["email"] for each in published if each.name == "contact.published"]
    assert contacts == [form.lead.email], "what they said since is not retracted"
    assert removed(published)["form"] == 1
    assert await standing(connection, form) == ("registered", form.organisation.name, form.project.title, SIREN,
                                                f"project:{fold(str(form.project.title))}")  # fmt: skip
    assert await connection.fetchval("SELECT count(*) FROM application_version WHERE payload <> ''") == 1


async def test_what_is_said_of_a_person_otherwise_has_another_id(connection: Connection) -> None:
    form = submitted()
    asked = sent(erasure(form.lead.person_id))
    unknown = await take_all(connection, asked)
    await connection.execute("TRUNCATE application, application_version, organisation_key, lead, confirmation")
    await connection.execute("TRUNCATE erased_person")
    await take(connection, form)
    known = await take_all(connection, asked)
    assert names(unknown) == names(known)[:2] == ["contact.published", "person.forgotten"]
    assert not {each.id for each in unknown} & {each.id for each in known}, "removed, and ended, is something else"


async def test_a_withdrawal_after_it_does_not_keep_what_was_said_before(connection: Connection) -> None:
    form = submitted()
    await take(connection, form, withdrawal(form, at=SINCE))
    await take(connection, erasure(form.lead.person_id))
    assert await standing(connection, form) == ("withdrawn", *EMPTY)


@pytest.mark.parametrize("order", ["forms first", "erasure first", "one batch"])
async def test_applications_are_withdrawn_where_their_lead_says_so(connection: Connection, order: str) -> None:
    person = lead()
    first, second, other = submitted(lead=person), submitted(lead=person, consent=False), submitted()
    asked = erasure(first.lead.person_id, applications="withdraw")
    forms = [first, second, other]
    match order:
        case "forms first":
            published = await take(connection, *forms) + await take(connection, asked)
        case "erasure first":
            published = await take(connection, asked) + await take(connection, *forms)
        case _:
            published = await take(connection, first, asked, second, other)
    withdrawn = {each.key: each.data["from"] for each in published if each.name == "application.withdrawn"}
    assert withdrawn == {str(first.application_id): "registered", str(second.application_id): "correction-requested"}
    assert await standing(connection, first) == ("withdrawn", *EMPTY)
    assert (await standing(connection, other))[0] == "registered"
    late = await take(connection, corrected(first, corrected_at=ASKED))
    # As though it had been read in its time: it makes its version, which is ended with the rest.
    assert names(late) == ["application.content-erased", "application.amended", "application.withdrawn"]
    assert [each.data["version"] for each in late[1:]] == [2, 3]
    assert await standing(connection, first) == ("withdrawn", *EMPTY)
    since = await take(connection, corrected(first, corrected_at=SINCE))
    assert [each.data["reason"] for each in since] == ["already-withdrawn"]


async def test_an_application_that_somebody_else_leads_by_now_goes_on(connection: Connection) -> None:
    form, heir = submitted(), lead(name="Dominique Autre")
    handed_on = corrected(form, corrected_at=ASKED, lead=heir)
    await take(connection, form, handed_on)
    published = await take(connection, erasure(form.lead.person_id, applications="withdraw"))
    assert names(published) == ["person.forgotten", "application.content-erased"]
    assert (await standing(connection, form))[:2] == ("registered", form.organisation.name)
    kept = await connection.fetch("SELECT version FROM application_version WHERE payload <> ''")
    assert [row[0] for row in kept] == [2]


async def test_who_was_forgotten_is_still_the_form_s_that_introduced_them(connection: Connection) -> None:
    form = submitted()
    await take(connection, form, erasure(form.lead.person_id))
    hostile = submitted(lead=lead(person_id=form.lead.person_id), submitted_at=SINCE)
    published = await take_all(connection, sent(hostile, source="urn:form:stranger"))
    assert names(published) == ["application.form-refused"]


@pytest.mark.parametrize("own", range(4))
@pytest.mark.parametrize("batched", [False, True])
async def test_once_all_services_have_forgotten_a_person_it_is_said_once(
    connection: Connection, own: int, batched: bool
) -> None:
    form = submitted()
    person_id = form.lead.person_id
    await take(connection, form)
    said: list[Any] = [forgotten(person_id, name, count=5) for name in ("notifications", "matching", "mentoring")]
    said.insert(own, erasure(person_id))
    # Each comes twice, ours comes back to us, and who is no service has no part in it.
    said += [*said, forgotten(person_id, "intake"), forgotten(person_id, "stranger")]
    if batched:
        published = await take(connection, *said)
    else:
        published = [each for word in said for each in await take(connection, word)]
    (erased,) = [each for each in published if each.name == "person.erased"]
    assert datetime.fromisoformat(erased.data["requested_at"]) == ASKED
    counts = {
        each["service"]: {removed["what"]: removed["count"] for removed in each["removed"]}
        for each in erased.data["services"]
    }
    assert tuple(counts) == PROGRAMME
    assert counts.pop("intake") == {"application": 1, "contact": 1, "form": 1}
    assert list(counts.values()) == [{"mail": 5}] * 3


async def test_two_requests_of_one_person_are_not_mixed_up(connection: Connection) -> None:
    person_id = new_id()
    await take(connection, erasure(person_id), erasure(person_id, at=SINCE))
    published = await take(
        connection, *(forgotten(person_id, name, at=at) for name in PROGRAMME[1:] for at in (ASKED, SINCE))
    )
    assert [datetime.fromisoformat(each.data["requested_at"]) for each in published] == [ASKED, SINCE]


async def test_what_another_process_does_meanwhile_is_seen(
    connection: Connection, other_connection: Connection
) -> None:
    form = submitted()
    await take(connection, form)
    holding = connection.transaction()
    await holding.start()
    await handle(IntakeStore(connection), erasure(form.lead.person_id, applications="withdraw"))
    # It has looked at the application by the time that it waits for the lock of its lead.
    other = asyncio.create_task(take(other_connection, corrected(form, corrected_at=ASKED)))
    await asyncio.sleep(0.2)
    assert not other.done(), "the second must wait for the first"
    await holding.commit()
    assert names(await other) == ["application.content-erased", "application.amended", "application.withdrawn"]
    assert await standing(connection, form) == ("withdrawn", *EMPTY)


async def test_of_two_that_confirm_at_once_one_is_the_last(
    connection: Connection, other_connection: Connection
) -> None:
    person_id = new_id()
    await take(connection, erasure(person_id), forgotten(person_id, "matching"))
    holding = connection.transaction()
    await holding.start()
    assert await handle(IntakeStore(connection), forgotten(person_id, "mentoring")) == []
    other = asyncio.create_task(take(other_connection, forgotten(person_id, "notifications")))
    await asyncio.sleep(0.2)
    await holding.commit()
    assert names(await other) == ["person.erased"]


async def test_what_is_held_and_names_them_is_emptied_and_counted(connection: Connection) -> None:
    form, other = submitted(), submitted()
    for offset, waiting in enumerate((form, other)):
        await connection.execute(
            'INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, value,'
            " headers, recorded_at, held_at)"
            " VALUES ('forms.applications.v1', 0, $1, gen_random_uuid(), 'waiting', 'r', 'd', true, $2, '[]', $3, $3)",
            offset,
            waiting.model_dump_json().encode(),
            IN_2024,
        )
    assert removed(await take(connection, erasure(form.lead.person_id))) == {"held-record": 1}
    kept = await connection.fetch('SELECT "offset" FROM held_record WHERE value IS NOT NULL')
    assert [row[0] for row in kept] == [1]
