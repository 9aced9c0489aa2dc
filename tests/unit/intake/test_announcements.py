"""What is said in plain values is said in the bytes of its model, whatever a form held."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import ApplicationAmended, ApplicationRegistered, ApplicationSubmitted
from contracts.characters import one_line
from contracts.contacts import ContactPublished
from contracts.message import EventData
from contracts.states import ApplicationState
from libraries.chassis.records.published import Cause
from libraries.chassis.store import NO_STORE
from libraries.chassis.unit_of_work import PlainEvent, UnitOfWork
from libraries.typed.slip import plain
from services.intake import announcements
from services.intake.applications import Entry
from services.intake.cleaned_forms import clean_form
from services.intake.editions import EDITIONS
from tests.conftest import assert_as_its_model
from tests.typed import reached
from tests.unit.intake.forms import IN_2024, lead, organisation, submitted

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40).filter(
    lambda text: plain(one_line(text))
)
CODES = st.lists(st.sampled_from(["housing", "youth-employment", "health"]), max_size=3, unique=True)
FORMS = st.builds(
    lambda name, title, summary, themes, publics, telephone, siret: submitted(
        organisation_changes={"name": name, "siret": siret},
        project={
            "title": title,
            "summary": summary,
            "themes": themes,
            "publics": publics,
            "territories": ["13201"],
        },
        lead=lead(name=name, telephone=telephone),
        members=[organisation(name=name)],
    ),
    TEXTS,
    TEXTS,
    TEXTS | st.just("Un logement pour les jeunes sans abri, et l'insertion par le sport"),
    CODES,
    CODES,
    st.sampled_from([None, "+33 4 91 00 00 00"]),
    st.sampled_from([None, "73282932000074"]),
)


def published(said: PlainEvent, event: type[EventData]) -> EventData:
    unit = UnitOfWork("intake", NO_STORE)
    unit.because_of(Cause(UUID(int=1), IN_2024, "story"))
    unit.publish_plain(said)
    (row,) = unit.published
    assert_as_its_model(said, row.payload)
    assert row.payload is not None
    return event.model_validate_json(row.payload)


@given(FORMS)
def test_how_to_reach_the_lead(form: ApplicationSubmitted) -> None:
    lead = reached(form.lead)
    assert published(announcements.contact(lead), ContactPublished) == lead.contact("lead")


@pytest.mark.parametrize("before", [None, "rejected", "registered"])
@given(FORMS)
def test_what_is_registered_or_amended(before: ApplicationState | None, form: ApplicationSubmitted) -> None:
    cleaned = clean_form(form, form.submitted_at)
    entry = Entry(cleaned, EDITIONS.of_form(form, known=None))
    application = entry.application(None, state="registered", source="urn:form:test", said_at=IN_2024)
    if before == "registered":
        data = published(announcements.amended(application, cleaned), ApplicationAmended)
    else:
        data = published(announcements.registered(application, cleaned, before=before), ApplicationRegistered)
        assert isinstance(data, ApplicationRegistered)
        assert (data.lexicon_version is None) == (not data.proposed_tags)
    assert isinstance(data, ApplicationAmended | ApplicationRegistered)
    assert (data.from_state, data.to_state, data.version) == (before, "registered", 1)
    assert (data.project.title, data.project.summary) == (cleaned.project.title, cleaned.project.summary)
    assert (data.project.themes, data.project.publics) == (cleaned.project.themes, cleaned.project.publics)
    assert (data.organisation.name, data.members) == (cleaned.organisation.declared.name, 1)
