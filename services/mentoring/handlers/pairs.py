"""What mentoring does with what is said of pairs: answers, ends, meetings, pauses, reviews."""

from __future__ import annotations

from contracts.event import Event
from contracts.offers import PairAnswered
from contracts.pairs import MeetingReported, PairEndRequested, PairPauseRequested, PairReviewed
from libraries.chassis.handling import handles
from services.mentoring import lookups
from services.mentoring.flows import accompaniment, offers
from services.mentoring.states.pair import Pair
from services.mentoring.store import Unit


@handles(PairAnswered, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_answered(event: Event[PairAnswered], unit: Unit, pair: Pair) -> None:
    """The mentor or the lead accepts or declines an offer."""
    data = event.data
    if data.answer == "accept":
        offers.accept(unit, pair, data.party, reason=data.reason)
    else:
        offers.decline(unit, pair, data.party, reason=data.reason)
    offers.serve_queue(unit)


@handles(PairEndRequested, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_end_requested(event: Event[PairEndRequested], unit: Unit, pair: Pair) -> None:
    """A pair ends on request.

    Where the mentor asks, or the lead says that another pair would suit better, the lead is handed over to another
    mentor; where the lead or an officer asks for any other reason, the lead gets no further offer unless the
    assignment is confirmed anew.
    """
    data = event.data
    wants_another = data.reason in unit.store.state.roster.settings.another_pair_reasons
    if offers.end(unit, pair, actor=data.requested_by, reason=data.reason):
        if data.requested_by.startswith("mentor:") or wants_another:
            offers.pass_on(unit, pair, without=pair.mentor_id)
        else:
            programme = unit.store.state
            programme.put_lead(programme.leads[pair.assignment_id].moved("stopped"))
    offers.serve_queue(unit)


@handles(MeetingReported, needs=lambda said: lookups.pair_with_meeting(said.pair_id, said.meeting_id))
def on_meeting_reported(event: Event[MeetingReported], unit: Unit, pair: Pair) -> None:
    """A pair met: that it did, when and for how long is kept, never what was said."""
    accompaniment.meet(unit, pair, event.data)


@handles(PairPauseRequested, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_pause_requested(event: Event[PairPauseRequested], unit: Unit, pair: Pair) -> None:
    """A pair rests: nobody is reminded to meet before it goes on."""
    accompaniment.pause(unit, pair, event.data)


@handles(PairReviewed, needs=lambda said: lookups.pair(said.pair_id))
def on_pair_reviewed(event: Event[PairReviewed], unit: Unit, pair: Pair) -> None:
    """The mentor or the lead says whether to go on; where both would, the pair is renewed."""
    accompaniment.review(unit, pair, event.data)
