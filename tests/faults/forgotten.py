"""People who ask to be forgotten: what they said before is read before, meanwhile, after, or comes after it."""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from contracts.erasures import ErasureRequested
from tests.faults.applications import corrected, submitted
from tests.faults.opportunities import Opportunities, Places
from tests.faults.stories import THEMES, Story, now
from tests.forms import mentor, need
from tests.kafka import Sending

Fate: TypeAlias = Literal["go-on", "withdraw"]

_FRESH_LEADS = 12
_FRESH_MENTORS = 3
_FRESH_OWNERS = 2
_GONE = 3
_LED_ON = 3
_LED_BACK = 2
_HOPEFUL = 8
_MENTORS = 1


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is sent of who is forgotten in a round, and the applications that end with it."""

    stories: Sequence[Story]
    applications: set[UUID]


def of_round(number: int, found: Opportunities, decided: Set[UUID], chance: random.Random) -> Forgotten:
    """Leads, mentors and owners who came just now or long ago, and leads who had left already.

    Some of the leads are of applications that are decided on in the same round, after they asked.
    """
    hopeful = [place for place in found.hopeful if place[1] in decided]
    stories = [_fresh_lead(f"{number}-lost-{index}", index, chance) for index in range(_FRESH_LEADS)]
    stories += [_fresh_mentor(f"{number}-lost-{index}", chance) for index in range(_FRESH_MENTORS)]
    stories += [_fresh_owner(f"lost-{number}-{index}", chance) for index in range(_FRESH_OWNERS)]
    led = _some(found.leads, _LED_ON + _LED_BACK, chance)
    back = led[:_LED_BACK]
    stories += [[_asked(person_id, "withdraw")] for person_id, _ in back]
    going_on = [
        *led[_LED_BACK:],
        *_some(hopeful, _HOPEFUL, chance),
        *_some(found.gone, _GONE, chance),
        *_some(found.mentoring, _MENTORS, chance),
    ]
    # Whoever leads a project that is accompanied may have another that is proposed: nobody asks twice in a round.
    stories += [[_asked(person_id)] for person_id in {person_id: None for person_id, _ in going_on}]
    return Forgotten(stories, {application_id for _, application_id in back})


def _asked(person_id: UUID, applications: Fate = "go-on") -> Sending:
    # Each request by its own time: who is drawn in two rounds asks twice, and is answered twice.
    return now(ErasureRequested(person_id=person_id, applications=applications, requested_at=datetime.now(UTC)))


def _fresh_lead(name: str, index: int, chance: random.Random) -> Story:
    form = submitted(name, index)
    said = [now(form)]
    if chance.random() < 0.5:
        said.append(now(corrected(form, 0)))
    # A correction that comes once all was taken back is refused, which is another story.
    return _among(
        said, _asked(form.lead.person_id, "withdraw" if len(said) == 1 and chance.random() < 0.5 else "go-on"), chance
    )


def _fresh_mentor(name: str, chance: random.Random) -> Story:
    form = mentor(name, skills=THEMES, capacity=3)
    return _among([now(form)], _asked(form.person.person_id), chance)


def _fresh_owner(name: str, chance: random.Random) -> Story:
    # Of a theme that no project has: what their need would be held against is judged with the others.
    form = need(name, capacity=1)
    return _among([now(form)], _asked(form.owner.person_id), chance)


def _among(said: Sequence[Sending], asked: Sending, chance: random.Random) -> Story:
    """What was said before somebody asked, with the request anywhere among it: topics know no order between them."""
    place = chance.randint(0, len(said))
    return [*said[:place], asked, *said[place:]]


def _some(places: Places, most: int, chance: random.Random) -> Places:
    return chance.sample(places, min(most, len(places)))
