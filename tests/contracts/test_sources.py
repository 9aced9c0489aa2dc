"""Who may send what: by a list, and without one by any name but ours."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from contracts.catalogue import TOPICS
from contracts.sources import (
    ANY_FORM,
    DESK,
    MAIL_LINKS,
    Source,
    Sources,
    SourcesFile,
    in_place_of,
    may_send,
    speaks_for,
)
from contracts.violation import ContractViolation
from publication.access import users

_SUBMITTED, _ANSWERED = "engage.application.submitted.v1", "engage.pair.answered.v1"
_FORM = Source(name="urn:form:applications", events=(_SUBMITTED,), user="applications-form")


@pytest.mark.parametrize(
    ("sources", "source", "event"),
    [
        (ANY_FORM, "urn:form:whatever", _SUBMITTED),
        (ANY_FORM, MAIL_LINKS, _ANSWERED),
        (Sources([_FORM]), DESK, "engage.assignment.decided.v1"),
        (Sources([_FORM]), "urn:form:applications", _SUBMITTED),
        (Sources([_FORM]), MAIL_LINKS, _ANSWERED),
        (Sources([_FORM]), in_place_of("urn:form:applications"), _SUBMITTED),
    ],
)
def test_what_is_listed_may_be_sent_and_without_a_list_what_any_form_sends(
    sources: Sources, source: str, event: str
) -> None:
    sources.check(source, event)


@pytest.mark.parametrize(
    ("sources", "source", "event", "said"),
    [
        (ANY_FORM, "urn:engage:intake", _SUBMITTED, "names a service"),
        (ANY_FORM, "urn:engage:matching/forged", _SUBMITTED, "names a service"),
        (ANY_FORM, DESK, _SUBMITTED, "may not send engage.application.submitted.v1"),
        (ANY_FORM, MAIL_LINKS, _SUBMITTED, "may not send engage.application.submitted.v1"),
        (Sources([_FORM]), "urn:engage:intake", _SUBMITTED, "names a service"),
        (Sources([_FORM]), "urn:form:other", _SUBMITTED, "has to be listed"),
        (Sources([_FORM]), "urn:form:applications", _ANSWERED, "may not send engage.pair.answered.v1"),
        (ANY_FORM, in_place_of("urn:engage:intake"), _SUBMITTED, "names a service"),
        (Sources([_FORM]), in_place_of("urn:form:other"), _SUBMITTED, "has to be listed"),
        (Sources([_FORM]), in_place_of("urn:form:applications"), _ANSWERED, "may not send engage.pair.answered.v1"),
    ],
)
def test_nobody_takes_anothers_name(sources: Sources, source: str, event: str, said: str) -> None:
    with pytest.raises(ContractViolation, match=said) as refused:
        sources.check(source, event)
    assert refused.value.code == "source"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "urn:engage:intake"}, "a name of Engage itself"),
        ({"name": MAIL_LINKS}, "a name of Engage itself"),
        ({"name": in_place_of("urn:form:other")}, "a name of Engage itself"),
        ({"events": ("engage.application.registered.v1",)}, "no form sends engage.application.registered.v1"),
        ({"events": ()}, "at least 1"),
        ({"user": "Applications Form"}, "pattern"),
    ],
)
def test_a_wrong_entry_is_refused_with_what_would_be_right(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Source.model_validate(_FORM.model_dump() | fields)


def test_each_source_stands_once() -> None:
    with pytest.raises(ValidationError, match=r"several urn:form:applications"):
        SourcesFile(sources=(_FORM, _FORM))


def test_a_listed_source_may_write_what_it_sends_and_hear_what_becomes_of_it() -> None:
    found = {user.name: user for user in users(sources=[_FORM])}
    assert not {"forms-applications", "forms-needs"} & found.keys()
    grants = {grant.name: grant.operations for grant in found["applications-form"].grants if grant.resource == "topic"}
    assert grants.pop("forms.applications.v1") == ("Write", "Describe")
    assert grants.keys() == {topic.name for topic in TOPICS if topic.privacy == "public"}
    assert set(grants.values()) == {("Read", "Describe")}


def test_only_the_desk_speaks_of_what_another_introduced() -> None:
    assert speaks_for(DESK, "urn:form:needs")
    assert speaks_for("urn:form:needs", "urn:form:needs")
    assert not speaks_for("urn:form:needs", DESK)
    assert not speaks_for(MAIL_LINKS, "urn:form:needs")


def test_the_desk_sends_what_forms_send() -> None:
    (desk,) = (user for user in users() if user.name == "engage-desk")
    written = {grant.name for grant in desk.grants if "Write" in grant.operations}
    sent = {topic.name for topic in TOPICS if any(may_send(DESK, event.event_type) for event in topic.events)}
    said = ("applications", "needs", "decisions", "reports", "erasures", "mentors")
    assert written == sent == {f"forms.{name}.v1" for name in said}
