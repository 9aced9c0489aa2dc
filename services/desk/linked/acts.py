"""What each person can say behind their link: every act makes one event, as a form would send it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID, uuid5

from contracts.applications import ApplicationWithdrawalRequested
from contracts.message import MOST_COUNTED, EventData
from contracts.moments import LAST_DAY
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.pairs import MeetingReported, PairEndRequested, PairPauseRequested, PairReviewed
from contracts.support import ImpactReported, Indicator
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.asked import Asked
from services.desk.linked.choices import LISTS
from services.desk.linked.correcting import corrected
from services.desk.linked.forgetting import be_forgotten
from services.desk.linked.given import Unclear, together
from services.desk.linked.introducing import introduce, tell_what_came
from services.desk.linked.revising import give_wishes, revise_mentor
from services.desk.linked.standing import LinkedPage
from services.desk.linked.taking_part import abstain, leave

ANOTHER_PAIR: Final = "another-pair"
MOST_COMMENT: Final = 2_000
_MOST_MINUTES: Final = 1_440
_LONGEST_PAUSE: Final = timedelta(days=366)
_LONGEST_AGO: Final = timedelta(days=366)
_MOST_YEARS: Final = 10

Act: TypeAlias = Callable[[Asked], EventData]


def meet(asked: Asked) -> EventData:
    """The pair met, on a day: at most once a day, so that what both report is one meeting."""
    given, today = asked.given, asked.today
    said = together(
        {
            "held_on": partial(given.day, "held_on", first=today - _LONGEST_AGO, last=today),
            "minutes": partial(given.number, "minutes", least=1, most=_MOST_MINUTES),
            "obstacle_id": partial(_obstacle_or_none, asked),
            "next_step": partial(given.choice_or_none, "next_step", LISTS["next-steps"]),
        }
    )
    return MeetingReported.model_validate(
        {
            **said,
            "pair_id": asked.matter.id,
            "meeting_id": uuid5(asked.matter.id, f"met on {said['held_on']}"),
            "reported_by": asked.reporter,
            "reported_at": asked.now,
        }
    )


def review(asked: Asked) -> EventData:
    """Whether to go on, towards the end of the term."""
    choice = asked.given.choice
    said = together(
        {
            "goals": partial(choice, "goals", ("reached", "partly", "not-reached")),
            "wish": partial(choice, "wish", ("go-on", "finish")),
        }
    )
    return PairReviewed.model_validate(
        {"pair_id": asked.matter.id, "party": asked.link.role, "reviewed_at": asked.now, **said}
    )


def pause(asked: Asked) -> EventData:
    """The pair rests until a day to come."""
    first = asked.today + timedelta(days=1)
    last = min(asked.today + _LONGEST_PAUSE, LAST_DAY)
    said = together(
        {
            "until": partial(asked.given.day, "until", first=first, last=last),
            "reason": partial(asked.given.choice, "reason", LISTS["pause-reasons"]),
        }
    )
    return _paused(asked, said["until"], said["reason"])


def resume(asked: Asked) -> EventData:
    """The pair goes on today."""
    return _paused(asked, asked.today, "resumed")


def end(asked: Asked) -> EventData:
    """The pair is to end."""
    return _ended(asked, asked.given.choice("reason", LISTS["end-reasons"]))


def ask_for_another(asked: Asked) -> EventData:
    """The lead would rather be accompanied by somebody else; nobody asks why."""
    return _ended(asked, ANOTHER_PAIR)


def report_obstacle(asked: Asked) -> EventData:
    """Something stands in the project's way."""
    kind = asked.given.choice("kind", LISTS["obstacle-kinds"])
    service = asked.given.choice_or_none("service", LISTS["services"])
    comment = asked.given.text("comment", most=MOST_COMMENT)
    return ObstacleReported(
        assignment_id=asked.assignment_id,
        obstacle_id=asked.id_of("obstacle", kind, service, comment),
        kind=kind,
        service=service,
        reported_by=asked.reporter,
        reported_at=asked.now,
        comment=comment,
    )


def take_obstacle(asked: Asked) -> EventData:
    """Who has it in charge works on it."""
    return _updated(asked, update="take")


def hand_obstacle_on(asked: Asked) -> EventData:
    """It is for another service of the City."""
    others = [code for code in LISTS["services"] if code != asked.matter.facts.get("service")]
    return _updated(asked, update="take", service=asked.given.choice("service", others))


def lift_obstacle(asked: Asked) -> EventData:
    """It stands in nobody's way any more."""
    return _updated(asked, update="lift")


def abandon_obstacle(asked: Asked) -> EventData:
    """Nobody will lift it."""
    return _updated(asked, update="abandon", reason=asked.given.choice("reason", LISTS["abandon-reasons"]))


def report_impact(asked: Asked) -> EventData:
    """A year's figures, as many of them as somebody counts."""
    figures = [
        Indicator(code=code, value=asked.given.number(f"figure-{code}", least=0, most=MOST_COUNTED))
        for code in LISTS["figures"]
        if asked.given.text(f"figure-{code}", most=MOST_COMMENT) is not None
    ]
    if not figures:
        first = next(iter(LISTS["figures"]))
        raise Unclear(f"figure-{first}", Words(fr="donnez au moins un chiffre", en="give one figure at least"))
    return ImpactReported(
        assignment_id=asked.matter.id,
        year=asked.given.number("year", least=0, most=_MOST_YEARS),
        indicators=tuple(figures),
        reported_by=asked.reporter,
        reported_at=asked.now,
    )


def correct(asked: Asked) -> EventData:
    """The whole application anew, as its form would send it."""
    return corrected(asked.matter, asked.person_id, asked.given, asked.now)


def withdraw(asked: Asked) -> EventData:
    """The application is taken back."""
    return ApplicationWithdrawalRequested(
        application_id=asked.matter.id,
        requested_at=asked.now,
        reason=asked.given.choice("reason", LISTS["withdrawal-reasons"]),
    )


_OF_PAIR: Final[Mapping[str, Act]] = {
    "meet": meet,
    "review": review,
    "pause": pause,
    "resume": resume,
    "end": end,
    "report-obstacle": report_obstacle,
    "lift-obstacle": lift_obstacle,
    "introduce": introduce,
    "tell-what-came": tell_what_came,
}
ACTS: Final[Mapping[tuple[LinkedPage, str], Mapping[str, Act]]] = {
    ("application", "lead"): {"correct": correct, "withdraw": withdraw, "be-forgotten": be_forgotten},
    ("project", "lead"): {
        "report-impact": report_impact,
        "report-obstacle": report_obstacle,
        "lift-obstacle": lift_obstacle,
        "introduce": introduce,
        "tell-what-came": tell_what_came,
        "give-wishes": give_wishes,
        "be-forgotten": be_forgotten,
    },
    ("pair", "lead"): {
        **_OF_PAIR,
        "another": ask_for_another,
        "give-wishes": give_wishes,
        "be-forgotten": be_forgotten,
    },
    ("pair", "mentor"): {**_OF_PAIR, "be-forgotten": be_forgotten},
    ("mentor", "mentor"): {
        "revise-mentor": revise_mentor,
        "abstain": abstain,
        "leave": leave,
        "be-forgotten": be_forgotten,
    },
    ("pair", "owner"): {"end": end},
    ("obstacle", "lead"): {"lift": lift_obstacle, "report-obstacle": report_obstacle, "be-forgotten": be_forgotten},
    ("obstacle", "service"): {"take": take_obstacle, "lift": lift_obstacle, "hand-on": hand_obstacle_on},
    ("obstacle", "owner"): {
        "take": take_obstacle,
        "lift": lift_obstacle,
        "hand-on": hand_obstacle_on,
        "abandon": abandon_obstacle,
    },
}
"""What each role can say on each page, by the name that its form has."""


def _paused(asked: Asked, until: date, reason: str) -> EventData:
    return PairPauseRequested(
        pair_id=asked.matter.id, until=until, reason=reason, requested_by=asked.reporter, requested_at=asked.now
    )


def _ended(asked: Asked, reason: str) -> EventData:
    return PairEndRequested(pair_id=asked.matter.id, requested_by=asked.reporter, requested_at=asked.now, reason=reason)


def _updated(asked: Asked, **said: object) -> EventData:
    """An update of the obstacle that the page is of, or of one of those that it lists."""
    return ObstacleUpdated.model_validate(
        {
            "assignment_id": asked.assignment_id,
            "obstacle_id": asked.matter.id if asked.page == "obstacle" else _obstacle(asked),
            "updated_by": asked.reporter,
            "updated_at": asked.now,
            **said,
        }
    )


def _obstacle(asked: Asked) -> UUID:
    of_it = [thing for thing in asked.things if thing.kind == "obstacle" and thing.parent_id == asked.assignment_id]
    obstacles = {str(thing.id): thing.id for thing in of_it}
    return obstacles[asked.given.choice("obstacle_id", obstacles)]


def _obstacle_or_none(asked: Asked) -> UUID | None:
    return None if asked.given.text("obstacle_id", most=MOST_COMMENT) is None else _obstacle(asked)
