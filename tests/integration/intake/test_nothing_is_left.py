"""Whatever is read in whatever order and batches: once a person is forgotten, nothing that their forms held is left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.catalogue import PROGRAMME
from contracts.contacts import contact_id_of
from contracts.erasures import ErasureRequested, PersonForgotten, Removed
from contracts.message import EventData
from tests.drawing import drawn
from tests.integration.intake.conftest import Connection, Published, take_all
from tests.unit.intake.forms import IN_2024, OTHER_SIREN, OTHER_SIRET, SIREN, SIRET, corrected, lead, submitted

pytestmark = pytest.mark.drawn

ASKED = IN_2024 + timedelta(days=60)
PERSON = lead(name="Zoraqel Wibnert", email="zoraqel@wibnert.example", telephone="+33 4 91 77 66 55")
COMMENT = "jelvoruk part a la retraite"
VALUES = (
    *("zoraqel", "wibnert", "77 66 55", "jelvoruk", "association qumbrel", "potager xandovi", "fanduzel"),
    *("w9p1002760", SIREN, SIRET),
)
"""What the forms of the person hold, each also as intake would clean or fold it."""

TABLES = "application, application_version, lead, confirmation, erased_person"


class Story(NamedTuple):
    """Batches of events, and which of the person's applications there are."""

    batches: Sequence[Sequence[EventData]]
    applications: Sequence[ApplicationSubmitted]
    withdrawn: bool


def form_of(**changes: Any) -> ApplicationSubmitted:
    return submitted(
        lead=PERSON,
        organisation_changes={"name": "Association Qumbrel", "siret": SIRET, "rna": "W9P1002760"},
        project={"title": "Potager Xandovi", "summary": "Fanduzel accompagne les jeunes sans logement."},
        **changes,
    )


@st.composite
def applications(draw: st.DrawFn) -> list[EventData]:
    """An application's forms in the order of their topic, the times of which say nothing."""
    times = st.integers(0, 60).map(lambda days: IN_2024 + timedelta(days=days))
    consents = st.booleans()
    # The name may be one person's where nobody said of what form the organisation is.
    publics, forms_of_law = st.sampled_from([True, False, None]), st.sampled_from(["association", None])
    first = form_of(consent=draw(consents), texts_public=draw(publics))
    said: list[EventData] = [first]
    for at in draw(st.lists(times, max_size=3)):
        # Of the fields of a whole form, those that make it right, poor and vague.
        facts: dict[str, Any] = draw(
            st.sampled_from([{}, {"operating_income_eur": 1}, {"published_on": None}, {"siret": "12"}])
        )
        declared = first.organisation.model_copy(update={**facts, "legal_form": draw(forms_of_law)})
        answers = {"consent": draw(consents), "texts_public": draw(publics)}
        said.append(corrected(first, corrected_at=at, organisation=declared.model_dump(), **answers))
    if draw(st.booleans()):
        request = ApplicationWithdrawalRequested(
            application_id=first.application_id, requested_at=draw(times), comment=COMMENT
        )
        said.insert(draw(st.integers(1, len(said))), request)
    return said


def confirmations() -> list[EventData]:
    removed = (Removed(what="mail", count=3),)
    return [
        PersonForgotten(person_id=PERSON["person_id"], service=service, removed=removed, requested_at=ASKED)
        for service in PROGRAMME
        if service != "intake"
    ]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Any interleaving of topics and keys, each in its order, in any batches."""
    mine = draw(st.lists(applications(), min_size=1, max_size=3))
    wish: Literal["go-on", "withdraw"] = draw(st.sampled_from(["go-on", "withdraw"]))
    request = ErasureRequested(person_id=PERSON["person_id"], applications=wish, requested_at=ASKED)
    another = submitted(organisation_changes={"siret": OTHER_SIRET})
    lanes: list[list[EventData]] = [*mine, [request], [another], *([each] for each in confirmations())]
    order = draw(st.permutations([number for number, lane in enumerate(lanes) for _ in lane]))
    waiting = [iter(lane) for lane in lanes]
    events = [next(waiting[number]) for number in order]
    ends = [*sorted(draw(st.sets(st.integers(1, len(events)), max_size=len(events)))), len(events)]
    batches = [events[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    firsts = [said[0] for said in mine]
    return Story(batches, [each for each in firsts if isinstance(each, ApplicationSubmitted)], wish == "withdraw")


async def everything(connection: Connection) -> str:
    """Every column of every table of the schema, as text, in lower case."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'intake'")
    assert len(tables) > 8
    rows = [row for table in tables for row in await connection.fetch(f'SELECT * FROM "{table[0]}"')]
    return "\n".join(_text(value) for row in rows for value in row.values()).lower()


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def found_in(text: str) -> list[str]:
    return [value for value in VALUES if value in text]


async def test_all_that_a_form_holds_would_be_found(connection: Connection) -> None:
    form = form_of()
    back = ApplicationWithdrawalRequested(application_id=form.application_id, requested_at=ASKED, comment=COMMENT)
    await take_all(connection, form, back)
    assert found_in(await everything(connection)) == list(VALUES)


@settings(max_examples=drawn(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(stories())
async def test_nothing_is_left_of_whoever_asked_to_be_forgotten(connection: Connection, story: Story) -> None:
    await connection.execute(f"TRUNCATE {TABLES}")
    published = list[Published]()
    for batch in story.batches:
        published += await take_all(connection, *batch)
        if "person.forgotten" in names(published):
            assert found_in(await everything(connection)) == []
    since = published[names(published).index("person.forgotten") :]
    assert found_in(json.dumps([each.data for each in since]).lower()) == []

    described = {each.key: each.data for each in published if each.name == "application.described"}
    assert set(described.values()) <= {None}, "what only some may read is taken back"
    contact = [each.data for each in published if each.key == str(contact_id_of("lead", PERSON["person_id"]))]
    assert contact[-1] is None
    assert names(published).count("person.forgotten") == 1
    assert names(published).count("person.erased") == 1
    for form in story.applications:
        state, said_at = await facts(connection, form)
        assert said_at <= ASKED
        assert state == "withdrawn" or not story.withdrawn
    assert OTHER_SIREN in await everything(connection), "of others everything is left"


def names(published: Sequence[Published]) -> list[str]:
    return [each.name for each in published]


async def facts(connection: Connection, form: ApplicationSubmitted) -> tuple[str, datetime]:
    row = await connection.fetchrow("SELECT state, said_at FROM application WHERE id = $1", form.application_id)
    assert row is not None
    return row["state"], row["said_at"]
