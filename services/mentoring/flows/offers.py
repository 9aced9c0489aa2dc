"""What follows from a change of mentors, leads or pairs: offers, answers, ends, and how they are announced."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from contracts.offers import Alternate, PairAccepted, PairAnswerRefused, PairDeclined, PairExpired, PairOffered
from contracts.pairs import PairActivated, PairEnded
from services.mentoring.choice.choosing import Choice, pair_up
from services.mentoring.choice.mentor_fit import parts_of
from services.mentoring.choice.none_found import none_found
from services.mentoring.settings.sentences import reason_of
from services.mentoring.states import pair as states
from services.mentoring.states.lead import Lead
from services.mentoring.states.not_allowed import NotAllowed
from services.mentoring.states.pair import Pair, Party
from services.mentoring.states.rhythm import first_contact_by, first_end
from services.mentoring.store import Unit

# `stopped` too: its lead, who is the project's, has said that they want no other mentor.
_ACCOMPANIED: Final = ("held", "waiting", "paired", "stopped")


def serve_queue(unit: Unit) -> None:
    """Offers a free mentor to each lead who waits and can have one; says once who can't.

    Every handler ends with it, so nobody waits while a mentor is free whom nothing bars.
    """
    programme = unit.store.state
    roster = programme.roster
    # Time frees mentors without an event, so a look begins with what the clock has changed.
    roster.advance(unit.now)
    waiting = programme.turns()
    choices = pair_up(waiting, roster, bars=programme.bars, now=unit.now) if waiting else {}
    for lead in programme.newcomers_and(choices):
        if choice := choices.get(lead.assignment_id):
            _offer(unit, lead, choice)
        elif not lead.told:
            # Once a wait: else each later event would say it again of everybody who waits.
            programme.put_lead(lead.informed())
            unit.publish_plain(none_found(lead, roster, bars=programme.bars(lead), now=unit.now))
    programme.all_were_looked_at()


def waits_for_round(unit: Unit, lead: Lead, known: Lead | None) -> bool:
    """Whether who begins to need a mentor is offered none before the next round; `known` is the lead as they were."""
    begins = lead.state == "waiting" and (known is None or known.state != "waiting")
    return begins and unit.store.state.roster.settings.offers == "in-rounds"


def release_held(unit: Unit) -> None:
    """Has all whose first offer waited for a round wait as others do, so that they are weighed together."""
    programme = unit.store.state
    for lead in [lead for lead in programme.leads.values() if lead.state == "held"]:
        programme.put_lead(lead.moved("waiting"))


def accept(unit: Unit, pair: Pair, party: Party, *, reason: str | None) -> None:
    """Takes a party's acceptance; a second one of the same party changes nothing and says nothing."""
    accepted = states.accept(pair, party, at=unit.now)
    if isinstance(accepted, NotAllowed):
        refuse(unit, pair, accepted)
    elif accepted is not pair:
        programme = unit.store.state
        # The window counts from when both have accepted, and not from the authorisation, which may come much later.
        if accepted.begun:
            mentor = programme.roster[pair.mentor_id]
            programme.roster.put(mentor.with_start(unit.now, programme.roster.settings), unit.now)
        programme.put_pair(accepted)
        facts = facts_of(unit, pair, accepted, actor=actor_of(unit, pair, party), reason=reason)
        unit.publish(PairAccepted(party=party, **facts))
        activate_if_cleared(unit, accepted)


def activate_if_cleared(unit: Unit, pair: Pair) -> None:
    """Activates a pair that both have accepted once its mentor is authorised and the ethics check is done."""
    programme = unit.store.state
    cleared = programme.roster[pair.mentor_id].cleared(unit.now, programme.roster.settings)
    ends_at = first_end(unit.now, programme.roster.settings)
    active = states.activate(pair, cleared=cleared, at=unit.now, ends_at=ends_at)
    if active is not pair:
        programme.put_pair(active)
        actor = programme.roster.rules.actor
        settings = programme.roster.settings
        unit.publish(
            PairActivated(
                first_contact_by=first_contact_by(unit.now, settings),
                ends_on=settings.work_days.day_of(ends_at),
                **facts_of(unit, pair, active, actor=actor, reason="accepted-and-authorised"),
            )
        )


def decline(unit: Unit, pair: Pair, party: Party, *, reason: str | None) -> None:
    """Takes a decline: the mentor is free again, and the lead waits for another one."""
    declined = states.decline(pair)
    if isinstance(declined, NotAllowed):
        refuse(unit, pair, declined)
        return
    _close(unit, declined)
    facts = facts_of(unit, pair, declined, actor=actor_of(unit, pair, party), reason=reason)
    unit.publish(PairDeclined(party=party, **facts))
    pass_on(unit, pair, without=pair.mentor_id)


def expire(unit: Unit, pair: Pair) -> None:
    """Ends an offer that not both accepted in time.

    Where the mentor was silent the lead waits for another one; a lead who was silent gets no further offer unless
    the assignment is confirmed anew.
    """
    expired = states.expire(pair, at=unit.now)
    if expired is pair:
        return
    _close(unit, expired)
    programme = unit.store.state
    facts = facts_of(unit, pair, expired, actor=programme.roster.rules.actor, reason="no-answer")
    unit.publish(PairExpired(awaited=pair.awaited, **facts))
    # Asked of the pair as it was: one that has expired awaits nobody.
    if "mentor" in pair.awaited:
        pass_on(unit, pair, without=pair.mentor_id)
    else:
        programme.put_lead(programme.leads[pair.assignment_id].moved("stopped"))


def end(unit: Unit, pair: Pair, *, actor: str, reason: str) -> bool:
    """Ends a pair and frees its place at once; False, with a refusal published, where it is closed already."""
    ended = states.end(pair)
    if isinstance(ended, NotAllowed):
        refuse(unit, pair, ended)
        return False
    _close(unit, ended)
    unit.publish(PairEnded(**facts_of(unit, pair, ended, actor=actor, reason=reason)))
    return True


def pass_on(unit: Unit, pair: Pair, *, without: UUID | None = None) -> None:
    """Hands the lead of a closed pair over: they wait for another mentor, never again `without`."""
    programme = unit.store.state
    programme.put_lead(programme.leads[pair.assignment_id].waiting_again(without=without))


def is_accompanied(unit: Unit, lead: Lead) -> bool:
    """Whether another assignment of the same project has a pair, waits for one or wants none, and one is enough."""
    programme = unit.store.state
    others = programme.others_of_project(lead) if programme.roster.settings.one_pair_a_project else ()
    return any(other.state in _ACCOMPANIED for other in others)


def pass_to_sharer(unit: Unit, lead: Lead) -> None:
    """The first that shared the mentor of a lead who is gone needs one now, unless the lead wanted none."""
    if lead.state in _ACCOMPANIED:
        programme = unit.store.state
        sharing = [other for other in programme.others_of_project(lead) if other.state == "sharing"]
        # One of them alone, in the order of the queue: the others go on sharing, with that one.
        for sharer in sharing[:1]:
            programme.put_lead(sharer.moved(lead.state if lead.state in ("stopped", "held") else "waiting"))


def refuse(unit: Unit, pair: Pair, refusal: NotAllowed) -> None:
    """Says why an answer or a request changes nothing."""
    reasons = (reason_of(refusal.code),)
    unit.publish(PairAnswerRefused(pair_id=pair.pair_id, occurred_at=unit.now, reasons=reasons))


def _offer(unit: Unit, lead: Lead, choice: Choice) -> None:
    programme = unit.store.state
    rules = programme.roster.rules
    pair = Pair(
        pair_id=unit.new_id(),
        assignment_id=lead.assignment_id,
        application_id=lead.application_id,
        mentor_id=choice.mentor.mentor_id,
        fit=choice.fit,
        rules_version=rules.version,
        offered_at=unit.now,
        expires_at=programme.roster.settings.offer_expires(unit.now),
    )
    # At once: why later leads of this look find nobody is said of the roster as it is then.
    programme.roster.take_place(choice.mentor.mentor_id, lead.assignment_id, unit.now)
    programme.put_lead(lead.moved("paired"))
    programme.add_pair(pair)
    facts = facts_of(unit, None, pair, actor=rules.actor, reason="best-free-mentor")
    unit.publish(
        PairOffered(
            fit=pair.fit,
            rules_version=pair.rules_version,
            expires_at=pair.expires_at,
            parts=parts_of(choice.mentor.profile, lead.shape, rules),
            alternates=tuple(Alternate(mentor_id=mentor.mentor_id, fit=points) for mentor, points in choice.alternates),
            themes=tuple(sorted(lead.shape.themes)),
            territories=tuple(sorted(lead.shape.territories)),
            **facts,
        )
    )


def _close(unit: Unit, pair: Pair) -> None:
    programme = unit.store.state
    programme.put_pair(pair)
    mentor = programme.roster[pair.mentor_id].without_pair(pair.assignment_id, begun=pair.begun)
    programme.roster.put(mentor, unit.now)


def actor_of(unit: Unit, pair: Pair, party: Party) -> str:
    """How events name a party of a pair."""
    if party == "mentor":
        return f"mentor:{pair.mentor_id}"
    return f"lead:{unit.store.state.leads[pair.assignment_id].lead_id}"


def facts_of(unit: Unit, before: Pair | None, after: Pair, *, actor: str, reason: str | None) -> dict[str, Any]:
    """What every event of a pair carries."""
    programme = unit.store.state
    lead = programme.leads[after.assignment_id]
    return {
        "from_state": before.state if before else None,
        "to_state": after.state,
        "actor": actor,
        "reason": reason,
        "occurred_at": unit.now,
        "version": after.version,
        "pair_id": after.pair_id,
        "assignment_id": after.assignment_id,
        "application_id": after.application_id,
        "lead_id": lead.lead_id,
        "mentor_id": after.mentor_id,
        "mentor_person_id": programme.roster[after.mentor_id].person_id,
        "whole_project": programme.roster.settings.one_pair_a_project,
        "organisation_name": lead.organisation_name,
        "project_title": lead.project_title,
    }
