"""What happens between a mentor and a lead, and what both and the officer who owns the need are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from contracts.event import Event
from contracts.offers import NoMentorFound, PairAccepted, PairAnswerRefused, PairDeclined, PairExpired, PairOffered
from contracts.pairs import (
    MeetingHeld,
    PairActivated,
    PairAmended,
    PairEnded,
    PairIdle,
    PairRenewed,
    PairReviewDue,
    PairState,
)
from libraries.chassis.handling import both, handles
from services.notifications import lookups
from services.notifications.kinds import KINDS
from services.notifications.planned.about import PlannedAbout
from services.notifications.planned.planner import Matter
from services.notifications.planned.reacting import amend, react, settle_kinds
from services.notifications.roles import Party, Role
from services.notifications.store import Unit
from services.notifications.words import reasons_of


@handles(PairOffered, needs=lambda said: both(lookups.pair(said), lookups.planned_about(said, said.assignment_id)))
def on_pair_offered(event: Event[PairOffered], unit: Unit, about: tuple[PlannedAbout, PlannedAbout]) -> None:
    """The mentor receives the offer, and is told until when it is open; that none was found is no longer true."""
    about_pair, about_assignment = about
    unit.store.offers.keep(event.data, "open", unit.now)
    settle_kinds(event, unit, about_assignment, KINDS.settled_by[PairOffered])
    until = event.data.expires_at
    project = {"themes": event.data.themes, "territories": event.data.territories}
    react(event, unit, about_pair, _matter(event.data, expires_at=until.isoformat() if until else None, **project))


@handles(
    NoMentorFound,
    needs=lambda said: lookups.planned_about(said, said.assignment_id, said.lead_id, said.owner_id),
)
def on_no_mentor_found(event: Event[NoMentorFound], unit: Unit, about: PlannedAbout) -> None:
    """The officer who owns the need is told with the week's digest that nobody can accompany the project, and why."""
    lead = event.data
    matter = Matter(
        lead.assignment_id,
        lead.application_id,
        1,
        {"owner": lead.owner_id} if lead.owner_id else {},
        {
            "organisation_name": lead.organisation_name,
            "project_title": lead.project_title,
            "reasons": reasons_of(lead.reasons),
        },
        lead.lead_id,
    )
    react(event, unit, about, matter)


@handles(PairAccepted, needs=lookups.pair)
def on_pair_accepted(event: Event[PairAccepted], unit: Unit, about: PlannedAbout) -> None:
    """Whoever accepted is told so by their link, and not asked again, by a reminder neither."""
    unit.store.offers.keep(event.data, "open", unit.now, accepted_by=event.data.party)
    asked = {kind for kind in KINDS.settled_by[PairAccepted] if KINDS.by_name[kind].answered_by == event.data.party}
    settle_kinds(event, unit, about, asked, before=event.data.version)


@handles(PairAnswerRefused)
def on_pair_answer_refused(event: Event[PairAnswerRefused], unit: Unit) -> None:
    """Whoever gave the answer by their link is told so there."""
    unit.store.offers.refuse(event.data.pair_id, event.data.occurred_at)


@handles(PairDeclined, needs=lookups.pair)
def on_pair_declined(event: Event[PairDeclined], unit: Unit, about: PlannedAbout) -> None:
    """An offer that has not left is dropped; of one that has, whoever did not decline it learns that it is over."""
    unit.store.offers.keep(event.data, "declined", unit.now)
    matter = _matter(event.data, reason=event.data.reason, declined_by=event.data.party)
    react(event, unit, about, matter._replace(people=_but({event.data.party}, matter)))


@handles(PairExpired, needs=lookups.pair)
def on_pair_expired(event: Event[PairExpired], unit: Unit, about: PlannedAbout) -> None:
    """An offer that has not left is dropped; whoever had accepted learns that the other did not answer in time."""
    unit.store.offers.keep(event.data, "expired", unit.now)
    matter = _matter(event.data, reason=event.data.reason, declined_by=None)
    react(event, unit, about, matter._replace(people=_but(set(event.data.awaited), matter)))


@handles(PairActivated, needs=lookups.pair)
def on_pair_activated(event: Event[PairActivated], unit: Unit, about: PlannedAbout) -> None:
    """The lead and the mentor are introduced to each other, and find in their calendars by when to meet."""
    unit.store.offers.keep(event.data, "active", unit.now)
    by = event.data.first_contact_by
    react(event, unit, about, _matter(event.data, first_contact_by=by.isoformat() if by else None))


@handles(PairEnded, needs=lookups.pair)
def on_pair_ended(event: Event[PairEnded], unit: Unit, about: PlannedAbout) -> None:
    """What is still scheduled for the pair is cancelled; those who had been introduced, or offered it, are told."""
    unit.store.offers.keep(event.data, "ended", unit.now)
    react(event, unit, about, _matter(event.data, reason=event.data.reason, declined_by=None))


@handles(
    PairAmended,
    needs=lambda said: lookups.all_planned_about(said.pair_id, said.lead_id, said.mentor_person_id, said.owner_id),
)
def on_pair_amended(event: Event[PairAmended], unit: Unit, about: PlannedAbout) -> None:
    """What is planned reaches whoever is in the pair by now; what a former lead answered is not the new one's."""
    pair = event.data
    unit.store.offers.keep(pair, "active" if pair.to_state == "active" else "open", unit.now)
    days = {name: getattr(pair, name) for name in ("expires_at", "first_contact_by", "ends_on")}
    matter = _matter(pair, **{name: day.isoformat() if day else None for name, day in days.items()})
    amend(event, unit, about, matter._replace(people={**matter.people, "owner": pair.owner_id}))


@handles(PairReviewDue, needs=lookups.pair)
def on_pair_review_due(event: Event[PairReviewDue], unit: Unit, about: PlannedAbout) -> None:
    """Both are asked to look back, and whether they would go on."""
    pair = event.data
    react(event, unit, about, _matter(pair, ends_on=pair.ends_on.isoformat(), renewable=pair.renewable))


@handles(PairRenewed, needs=lookups.pair)
def on_pair_renewed(event: Event[PairRenewed], unit: Unit, about: PlannedAbout) -> None:
    """Both learn until when their pair goes on."""
    react(event, unit, about, _matter(event.data, ends_on=event.data.ends_on.isoformat()))


@handles(MeetingHeld, needs=lookups.pair)
def on_meeting_held(event: Event[MeetingHeld], unit: Unit, about: PlannedAbout) -> None:
    """A reminder to meet that has not left is dropped; after their first meeting both are asked how it suits them."""
    matter = _matter(event.data)
    react(event, unit, about, matter if event.data.number == 1 else matter.without_people())


@handles(PairIdle, needs=lambda said: lookups.pair(said, said.owner_id))
def on_pair_idle(event: Event[PairIdle], unit: Unit, about: PlannedAbout) -> None:
    """First both are reminded that they have not met; after that the officer who owns the need is told."""
    pair, matter = event.data, _matter(event.data)
    react(event, unit, about, matter if pair.step == "nudge" else matter._replace(people={"owner": pair.owner_id}))


def _matter(pair: PairState, **more: object) -> Matter:
    return Matter(
        pair.pair_id,
        pair.application_id,
        pair.version,
        {"lead": pair.lead_id, "mentor": pair.mentor_person_id},
        {"organisation_name": pair.organisation_name, "project_title": pair.project_title, **more},
        pair.lead_id,
        pair.from_state,
        pair.to_state,
    )


def _but(parties: Collection[Party], matter: Matter) -> Mapping[Role, UUID]:
    """The people of a matter without those parties, who know already."""
    return {role: who for role, who in matter.people.items() if role not in parties}
