"""Who may publish what on the topics of forms: sources by their names, and the events that each may send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import Field, model_validator

from contracts.catalogue import SERVICES, TOPICS
from contracts.message import Message
from contracts.violation import ContractViolation

MAIL_LINKS: Final = "urn:form:mail-links"
"""The source of answers that come by the links of our mail: notifications publishes them as a form would."""

OPERATORS: Final = "urn:form:operators"
"""The source of what operators send as a form of their own: requests to be forgotten."""

_IN_PLACE_OF: Final = f"{OPERATORS}/"

DESK: Final = "urn:form:desk"
"""The source of what people say at the desk, which knows who they are: it speaks for whoever any form introduced."""

_OURS: Final = {
    MAIL_LINKS: frozenset({"engage.pair.answered.v1", "engage.mentor.clearance-answered.v1"}),
    DESK: frozenset(
        {
            "engage.application.corrected.v1",
            "engage.application.withdrawal-requested.v1",
            "engage.assignment.decided.v1",
            "engage.assignment.undo-requested.v1",
            "engage.contest.decided.v1",
            "engage.deputy.named.v1",
            "engage.impact.reported.v1",
            "engage.introduction.reported.v1",
            "engage.lead.wishes-given.v1",
            "engage.meeting.reported.v1",
            "engage.mentor.recusal-declared.v1",
            "engage.mentor.revised.v1",
            "engage.mentor.withdrawn.v1",
            "engage.need.closed.v1",
            "engage.need.declared.v1",
            "engage.need.revised.v1",
            "engage.obstacle.reported.v1",
            "engage.obstacle.updated.v1",
            "engage.officer.recused.v1",
            "engage.pair.end-requested.v1",
            "engage.pair.pause-requested.v1",
            "engage.pair.reviewed.v1",
            "engage.person.erasure-requested.v1",
            "engage.placement.decided.v1",
            "engage.round.requested.v1",
            "engage.support.action-reported.v1",
        }
    ),
}
_OF_SERVICES: Final = tuple(f"urn:engage:{service}" for service in SERVICES)
_SENT: Final = frozenset(event.event_type for topic in TOPICS if topic.is_form for event in topic.events)

SourceName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]


def in_place_of(source: str) -> str:
    """The source of an event that an operator corrected, which stands in the place of another source's."""
    return _IN_PLACE_OF + source


def stands_for(source: str) -> str:
    """Whose an event is: its source's, or, of one that an operator corrected, that of the one in whose place it stands.

    What belongs to a form goes on doing so, and the record itself says who sent it.
    """
    return source.removeprefix(_IN_PLACE_OF)


class Source(Message):
    """A form, or another system that publishes as forms do."""

    name: SourceName = Field(description="Its `ce_source`, such as urn:form:applications")
    events: tuple[str, ...] = Field(
        min_length=1, max_length=200, description="The `ce_type` of each event that it may send"
    )
    user: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,62}$", description="Its user on Kafka, which may write on the topics of its events"
    )

    @model_validator(mode="after")
    def _sends_what_forms_send(self) -> Source:
        if self.name.startswith((*_OF_SERVICES, _IN_PLACE_OF)) or self.name in _OURS:
            raise ValueError(f"{self.name} is a name of Engage itself: a form needs one of its own")
        if stray := sorted(set(self.events) - _SENT):
            raise ValueError(f"no form sends {', '.join(stray)}; forms send {', '.join(sorted(_SENT))}")
        return self


class SourcesFile(Message):
    """The file that an operator gives: every source, by a name of its own."""

    sources: tuple[Source, ...] = Field(max_length=1_000, description="All sources")

    @model_validator(mode="after")
    def _has_each_once(self) -> SourcesFile:
        names = [source.name for source in self.sources]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"each source stands once; there are several {', '.join(doubled)}")
        return self


def may_send(own: str, event_type: str) -> bool:
    """Whether a source of Engage's own may send an event."""
    return event_type in _OURS.get(own, frozenset())


def is_a_services(source: str) -> bool:
    """Whether an event is one of our services': no form may send under their names, and they use no id twice."""
    return source in _OF_SERVICES


def speaks_for(source: str, owner: str) -> bool:
    """Whether a source may speak of what another introduced: its own, and the desk whatever a form introduced."""
    return source in (owner, DESK)


class Sources:
    """Who may send what. Without a list, any name but one of Engage's own is a form of that name."""

    def __init__(self, listed: Iterable[Source] | None = None) -> None:
        self._allowed: Mapping[str, frozenset[str]] | None = (
            None if listed is None else {source.name: frozenset(source.events) for source in listed}
        )

    @property
    def are_listed(self) -> bool:
        """Whether there is a list; without one, whoever may write on a topic may take any form's name."""
        return self._allowed is not None

    def knows(self, source: str) -> bool:
        """Whether it is a form's name as far as is known: a listed one, or, without a list, any but a service's."""
        source = stands_for(source)
        if self._allowed is None or source in _OURS:
            return not source.startswith(_OF_SERVICES)
        return source in self._allowed

    def check(self, source: str, event_type: str) -> None:
        """Raises ContractViolation where a source that no form has, or that may not send this event, is named.

        What an operator corrected is judged as what it stands in the place of.
        """
        source = stands_for(source)
        if (own := _OURS.get(source)) is not None:
            allowed: frozenset[str] | None = own
        elif source.startswith(_OF_SERVICES):
            raise ContractViolation("source", "ce_source names a service of Engage: a form has a name of its own")
        elif self._allowed is None:
            return
        else:
            allowed = self._allowed.get(source)
        if allowed is None:
            raise ContractViolation("source", "ce_source is no source that is known here: it has to be listed")
        if event_type not in allowed:
            raise ContractViolation("source", f"this source may not send {event_type}: its entry does not list it")


ANY_FORM: Final = Sources()
"""Where no list is given: on one machine, to try things."""
