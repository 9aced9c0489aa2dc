"""The play through raw events: forms of the City's own publish them, and hear what any subscriber hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from contracts.catalogue import topic_of
from contracts.codec import encode
from contracts.event import Event
from contracts.follow_ups import FollowUpSent
from contracts.message import EventData
from deploy.rehearsal.conductor import Conductor
from deploy.rehearsal.forms import Forms as Publisher
from deploy.rehearsal.listening import Listener
from tests.proof import acts
from tests.proof.acts import Act
from tests.proof.edition import Edition
from tests.proof.filling import Filling
from tests.proof.forms_of_matching import OF_MATCHING
from tests.proof.forms_of_mentoring import OF_MENTORING
from tests.proof.forms_of_people import OF_PEOPLE
from tests.proof.hearing import Heard
from tests.proof.known import Known
from tests.proof.playing import Said
from tests.proof.steps import Impossible, Step

_SHUT: Final = (
    acts.Meet, acts.Review, acts.Pause, acts.Resume, acts.EndPair, acts.ReportObstacle, acts.UpdateObstacle,
    acts.ReportImpact, acts.GiveWishes, acts.ReviseMentor, acts.AbstainFromFile, acts.Introduce, acts.TellOutcome,
    acts.Withdraw, acts.BeForgotten,
)  # fmt: skip
"""What is done behind links that lead to a project: none opens any more once its lead asked to be forgotten."""

SOURCE: Final = "urn:form:proof"
"""Of all forms that have no page at the desk, in both plays."""


class Ids(NamedTuple):
    """What a form gives: its event's id and its own name, and the id of what it names anew, if it does."""

    event: str
    source: str
    new: UUID | None


class RawPlayer:
    """Publishes what each step says. `ids` are those that the desk's forms gave: a form gives whatever ids it likes,
    so these give the same, and under the same names, since from both the ids of all that they lead to derive."""

    def __init__(
        self, edition: Edition, conductor: Conductor, publisher: Publisher, listener: Listener, ids: Mapping[str, Said]
    ) -> None:
        self._edition = edition
        self._known = Known(edition)
        self._conductor = conductor
        self._publisher = publisher
        self._listener = listener
        self._ids = ids
        self.said: dict[str, Said] = {}
        self.complaints: list[str] = []

    async def heard(self) -> Sequence[Heard]:
        """What the follow-ups that have left tell people."""
        mails = []
        for told in await self._listener.new(self._conductor.ends):
            self._known.note(told.event.data)
            if isinstance(told.event.data, FollowUpSent):
                mails.append(told.event.data)
        return [heard for mail in mails if (heard := self._known.heard(mail)) is not None]

    async def take(self, step: Step) -> bool:
        """Publishes what the step says."""
        if isinstance(step.act, acts.Send):
            await self._publisher.send(step.act.form, step.at)
            return True
        ids = self._ids_for(step)
        if isinstance(step.act, _SHUT) and self._known.is_erased(step.act.project):
            return False
        try:
            data = self._said(step.act, Filling(step, self._edition, self._known, None if ids is None else ids.new))
        except Impossible:
            return False
        if ids is None:
            self.complaints.append(f"in the browser this step was not possible: {step.name}")
            return False
        self.said[step.name] = Said(ids.event, ids.source, data)
        event = Event(ids.event, ids.source, str(data.aggregate_id), step.at, ids.event, None, None, data)
        await self._publisher.put(topic_of(type(data), "forms").name, encode(event))
        return True

    async def look_back(self, step: Step) -> None:
        """A form of one's own shows nothing."""

    def _said(self, act: Act, filling: Filling) -> EventData:
        return _FORMS[type(act)](act, filling)

    def _ids_for(self, step: Step) -> Ids | None:
        given = self._ids.get(step.name)
        return None if given is None else Ids(given.event_id, given.source, given.given)


_FORMS: Final = {**OF_MATCHING, **OF_MENTORING, **OF_PEOPLE}
