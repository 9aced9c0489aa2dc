"""What flows in a round of the campaign: forms, decisions and answers, drawn from the round's own randomness."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from itertools import zip_longest
from uuid import UUID

from aiokafka import AIOKafkaProducer

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record
from contracts.leads import LeadWishesGiven
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.offers import PairAnswered
from contracts.pairs import MeetingReported
from contracts.partitions import partition_of
from contracts.rounds import RoundRequested
from contracts.support import IntroductionReported
from tests.faults import applications, forgotten, officers
from tests.faults.departures import crowd, departure, withdrawal
from tests.faults.opportunities import Opportunities, Places
from tests.faults.stories import THEMES, Story, now
from tests.faults.strangers import at_an_edge
from tests.forms import START, application, identifier, mentor
from tests.kafka import Sending

APPLICATIONS = 200
_CONFIRMED = 40
_ANSWERED = 20
_REPORTED = 10
_MENTORS = 8
_ROUNDS = 3
_LEAVING = 3
_LEAVING_MENTORS = 2
_CROWDED = 6
_EDGES = 3
_FORMS = "forms.applications.v1"


def first_forms() -> list[Sending]:
    """The needs that every application finds."""
    return [now(officers.declared(theme)) for theme in THEMES]


def of_round(
    number: int, found: Opportunities, chance: random.Random, associations: int = APPLICATIONS
) -> list[Sending]:
    """All records of a round, shuffled among each other, those of one key in their order."""
    leaving = _some(sorted({(it[1], it[1]) for it in found.accompanied}), _LEAVING, chance)
    found = found.without(set(leaving))
    deciding = chance.sample(found.assignments, min(_CONFIRMED, len(found.assignments)))
    erased = forgotten.of_round(number, found, {application_id for _, application_id in deciding}, chance)
    found = found.without(erased.applications)
    crowded = _some(found.active, _CROWDED, chance)
    stories = [applications.story(f"{number}-{index}", index, chance) for index in range(associations)]
    stories += [_broken_story(number, index, chance) for index in range(chance.randint(2, 5))]
    stories += [[now(mentor(f"{number}-{index}", skills=THEMES, capacity=3))] for index in range(_MENTORS)]
    stories += [
        [now(officers.confirmed(it))] for it, application_id in deciding if application_id not in erased.applications
    ]
    stories += [_answers(it, chance) for it in _some(found.pairs, _ANSWERED, chance)]
    stories += [[now(_meeting(it, number))] for it in {*crowded, *_some(found.active, _REPORTED, chance)}]
    stories += [[now(said)] for it in crowded for said in crowd(it, number, chance)]
    stories += [[now(withdrawal(it))] for it in leaving]
    stories += [[now(departure(it))] for it in _some(found.mentors, _LEAVING_MENTORS, chance)]
    stories += erased.stories
    stories += [[at_an_edge(f"{number}-{index}", chance)] for index in range(_EDGES)]
    stories += [_reports(it, number, chance) for it in _some(found.accompanied, _REPORTED, chance)]
    stories.append([now(officers.revised(chance.choice(THEMES), number))])
    stories += [[now(said)] for said in officers.deputies(number)]
    stories += [[now(_round_request(f"{number}-{index}"))] for index in range(_ROUNDS)]
    return _shuffled(stories, chance)


async def send_slowly(bootstrap_servers: str, sendings: Sequence[Sending], seconds: float) -> None:
    """Sends records in their order over so many seconds, however long a broker is away meanwhile."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers, acks="all", enable_idempotence=True, request_timeout_ms=120_000
    )
    await producer.start()
    try:
        futures = []
        for topic, record, partition in sendings:
            place = partition_of(record.key or b"", TOPIC_BY_NAME[topic].partitions) if partition is None else partition
            futures.append(
                await producer.send(topic, key=record.key, value=record.value, headers=record.headers, partition=place)
            )
            await asyncio.sleep(seconds / len(sendings))
        await asyncio.gather(*futures)
    finally:
        await producer.stop()


def _broken_story(number: int, index: int, chance: random.Random) -> Story:
    whole = now(application(f"broken {number}-{index}")).record
    mark = b'"broken %d-%d"' % (number, index)
    headers = [(name, value) for name, value in whole.headers if name != "ce_type"]
    broken = chance.choice(
        [
            Record(whole.key, b"{" + mark, whole.headers),
            Record(whole.key, b'{"application_id": ' + mark + b"}", whole.headers),
            Record(whole.key, mark, [*headers, ("ce_type", b"engage.application.unheard-of.v1")]),
            Record(whole.key, mark, headers),
        ]
    )
    return [Sending(_FORMS, broken)]


def _answers(pair_id: UUID, chance: random.Random) -> Story:
    if chance.random() < 0.25:
        return [now(PairAnswered(pair_id=pair_id, party="mentor", answer="decline", answered_at=START))]
    return [
        now(PairAnswered(pair_id=pair_id, party="mentor", answer="accept", answered_at=START)),
        now(PairAnswered(pair_id=pair_id, party="lead", answer="accept", answered_at=START)),
    ]


def _meeting(pair_id: UUID, number: int) -> MeetingReported:
    return MeetingReported(
        pair_id=pair_id,
        meeting_id=identifier(f"meeting {number} of {pair_id}"),
        held_on=START.date(),
        minutes=60,
        reported_by="mentor:m",
        reported_at=START,
    )


def _reports(assignment_id: UUID, number: int, chance: random.Random) -> Story:
    """An obstacle that is taken and may be lifted, an introduction, and what the lead looks for."""
    obstacle_id = identifier(f"obstacle {number} of {assignment_id}")
    officer = "officer:o"
    updates = ("take", "lift")[: chance.randint(1, 2)]
    return [
        now(
            ObstacleReported(
                assignment_id=assignment_id,
                obstacle_id=obstacle_id,
                kind=chance.choice(("premises", "funding")),
                reported_by=officer,
                reported_at=START,
            )
        ),
        now(
            IntroductionReported(
                assignment_id=assignment_id,
                introduction_id=identifier(f"introduction {number} of {assignment_id}"),
                partner_kind="incubator",
                partner_name="Incubateur",
                made_on=START.date(),
                reported_by=officer,
                reported_at=START,
            )
        ),
        *(
            now(
                ObstacleUpdated.model_validate(
                    {
                        "assignment_id": assignment_id,
                        "obstacle_id": obstacle_id,
                        "update": update,
                        "updated_by": officer,
                        "updated_at": START,
                    }
                )
            )
            for update in updates
        ),
        now(
            LeadWishesGiven(
                assignment_id=assignment_id, skills=(chance.choice(THEMES),), given_by="lead:l", given_at=START
            )
        ),
    ]


def _round_request(name: str) -> RoundRequested:
    return RoundRequested(
        round_id=identifier(f"round {name}"),
        track="implantation",
        requested_by=identifier("officer"),
        requested_at=START,
    )


def _some(places: Places, most: int, chance: random.Random) -> list[UUID]:
    return [identifier for identifier, _ in chance.sample(places, min(most, len(places)))]


def _shuffled(stories: list[Story], chance: random.Random) -> list[Sending]:
    """First all first records, shuffled, then the second ones among later firsts: a story's gap varies."""
    chance.shuffle(stories)
    half = len(stories) // 2
    firsts, seconds = _in_turns(stories[:half]), _in_turns(stories[half:])
    return firsts + seconds


def _in_turns(stories: Sequence[Story]) -> list[Sending]:
    return [record for turn in zip_longest(*stories) for record in turn if record is not None]
