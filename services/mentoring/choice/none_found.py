"""Why nobody can be offered to a lead who waits, as it is announced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.offers import NoMentorFound
from libraries.chassis.unit_of_work import PlainEvent
from services.mentoring.choice.choosing import Bars, blocked, causes
from services.mentoring.choice.roster import Roster
from services.mentoring.settings.sentences import reason_of
from services.mentoring.states.lead import Lead


class _Why(NamedTuple):
    """Reasons and the mentors who are blocked, as they are written."""

    reasons: Sequence[Mapping[str, object]]
    blocked: Sequence[Mapping[str, object]]


def none_found(lead: Lead, roster: Roster, *, bars: Bars, now: datetime) -> PlainEvent:
    """What is published where a lead waits in vain: how many mentors each cause holds for, and who would suit best."""
    # When all are full, hundreds of leads hear the same: it is worked out once for all of a shape whom nothing bars.
    asked = lead.shape, roster.settings.work_days.day_of(now)
    why: _Why | None = None if bars else roster.remembered.get(asked)
    if why is None:
        why = _why(lead, roster, bars=bars, now=now)
        if not bars:
            roster.remembered.keep(asked, why)
    return PlainEvent(
        NoMentorFound,
        lead.assignment_id,
        {
            "assignment_id": lead.assignment_id,
            "application_id": lead.application_id,
            "lead_id": lead.lead_id,
            "occurred_at": now,
            "reasons": why.reasons,
            "owner_id": lead.owner_id,
            "organisation_name": lead.organisation_name,
            "project_title": lead.project_title,
            "blocked": why.blocked,
        },
    )


def _why(lead: Lead, roster: Roster, *, bars: Bars, now: datetime) -> _Why:
    return _Why(
        [vars(reason_of(code, count)) for code, count in causes(lead, roster, bars, now=now)],
        [
            {
                "mentor_id": mentor.mentor_id,
                "fit": points,
                "cause": cause,
                "held_by": sorted(mentor.accompanied) if cause == "mentors-full" else (),
            }
            for mentor, points, cause in blocked(lead, roster, bars=bars, now=now)
        ],
    )
