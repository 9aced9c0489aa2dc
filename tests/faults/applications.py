"""What associations send in a round: whole forms, coalitions, corrections, twice, elsewhere, too early."""

from __future__ import annotations

import random
from datetime import timedelta

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.catalogue import TOPIC_BY_NAME
from contracts.partitions import partition_of
from tests.faults.stories import THEMES, Story, now
from tests.forms import START, application
from tests.kafka import Sending

_FORMS = "forms.applications.v1"


def submitted(name: str, index: int) -> ApplicationSubmitted:
    """A form that meets every rule, of one theme; every seventh may not be published."""
    form = application(name, submitted_at=START + timedelta(milliseconds=index), texts_public=index % 7 > 0)
    return form.model_copy(update={"project": form.project.model_copy(update={"themes": (THEMES[index % 5],)})})


def story(name: str, index: int, chance: random.Random) -> Story:
    """What one association sends: a form, and what may follow it, or come before."""
    form = submitted(name, index)
    first = now(form)
    turns = ("plain", "corrected", "withdrawn", "twice", "elsewhere", "too-early", "coalition")
    match chance.choices(turns, (50, 14, 8, 10, 8, 4, 6))[0]:
        case "coalition":
            return [now(_coalition(form, index, chance))]
        case "corrected":
            return [first, *(now(corrected(form, turn)) for turn in range(chance.randint(1, 3)))]
        case "withdrawn":
            withdrawal = ApplicationWithdrawalRequested(application_id=form.application_id, requested_at=START)
            return [first, now(withdrawal)]
        case "twice":
            return [first, first]
        case "elsewhere":
            # The same event on another partition too: whichever lane comes first, the one in its place counts.
            both = [first, first._replace(partition=_another_partition(first, chance))]
            chance.shuffle(both)
            return both
        case "too-early":
            # A correction that was sent before the form that it corrects: it follows it. Order is promised within
            # a partition, so both are on the key's own.
            return [now(corrected(form, 0)), first]
        case _:
            return [first]


def _coalition(form: ApplicationSubmitted, index: int, chance: random.Random) -> ApplicationSubmitted:
    """The form of several organisations, which may answer as many needs."""
    members = tuple(application(f"member {number} of {index}").organisation for number in range(chance.randint(1, 3)))
    themes = tuple(THEMES[(index + step) % len(THEMES)] for step in range(chance.randint(1, 4)))
    project = form.project.model_copy(update={"themes": themes})
    return form.model_copy(update={"members": members, "project": project})


def _another_partition(of: Sending, chance: random.Random) -> int:
    count = TOPIC_BY_NAME[_FORMS].partitions
    return (partition_of(of.record.key or b"", count) + chance.randrange(1, count)) % count


def corrected(form: ApplicationSubmitted, turn: int) -> ApplicationCorrected:
    """The form again, with another title."""
    project = form.project.model_copy(update={"title": f"{form.project.title}, version {turn + 2}"})
    fields = {name: getattr(form, name) for name in type(form).model_fields}
    return ApplicationCorrected(**{**fields, "project": project, "corrected_at": START + timedelta(days=1 + turn)})
