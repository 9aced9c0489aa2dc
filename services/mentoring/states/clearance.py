"""What a mentor has to be given before a pair begins, of whom it is asked, and when it is asked anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, get_args
from uuid import UUID

from pydantic import TypeAdapter

from contracts.clearances import ETHICS_OFFICER, ClearanceKind, MentorClearanceAnswered
from contracts.states import ClearanceState
from libraries.work_days.due_dates import Span, add
from services.mentoring.states.not_allowed import NotAllowed

if TYPE_CHECKING:
    from services.mentoring.settings.rhythms import MentoringSettings

KINDS: Final[tuple[ClearanceKind, ...]] = get_args(ClearanceKind)


class Held(NamedTuple):
    """What a mentor has: their line manager's authorisation, until its last day where it has one; the ethics check."""

    authorised: bool
    until: date | None
    checked: bool


NOTHING_HELD: Final = Held(False, None, False)


class Clearance(NamedTuple):
    """What was asked last of its kind: of whom, what was `held_until` which day then, and what came of it.

    `until` is the last day of what was given (None: without end), `answered_on` the day on which it was.
    """

    clearance_id: UUID
    kind: ClearanceKind
    asked_of: UUID
    held_until: date | None
    state: ClearanceState = "asked"
    until: date | None = None
    answered_on: date | None = None


class Question(NamedTuple):
    """What is to be asked of whom, and from which day on; None: at once. It is the same one while all else is."""

    kind: ClearanceKind
    asked_of: UUID
    held_until: date | None
    asked_from: date | None = None


class Clearances(NamedTuple):
    """The `line_manager_id` that a form names, what it `claimed`, and what was `asked` last, once of each kind."""

    line_manager_id: UUID | None = None
    claimed: Held = NOTHING_HELD
    asked: tuple[Clearance, ...] = ()

    def of(self, kind: ClearanceKind) -> Clearance | None:
        """What was asked last of a kind."""
        return next((each for each in self.asked if each.kind == kind), None)

    def put(self, clearance: Clearance) -> Clearances:
        """The same with what has become of a clearance, in the place of what was asked before of its kind."""
        return self._replace(asked=(*(each for each in self.asked if each.kind != clearance.kind), clearance))

    def without_answer(self, kind: ClearanceKind) -> Clearances:
        """The same as if nobody had answered what was asked of a kind."""
        return self if (known := self.of(kind)) is None or known.state == "asked" else self.without(kind)

    def without(self, *kinds: ClearanceKind) -> Clearances:
        """The same as if nothing of these kinds had been asked."""
        return self._replace(asked=tuple(each for each in self.asked if each.kind not in kinds))

    @property
    def open(self) -> tuple[Clearance, ...]:
        """What waits for an answer."""
        return tuple(each for each in self.asked if each.state == "asked")

    def is_refused(self, held: Held) -> bool:
        """Whether something that is not `held` was refused: only a form, or another line manager, can change that."""
        refused = {each.kind for each in self.asked if each.state == "refused"}
        return ("line-manager" in refused and not held.authorised) or ("ethics" in refused and not held.checked)


def held_by(claimed: Held, known: Clearances, held: Held) -> tuple[Held, tuple[Clearance, ...]]:
    """What is held once a form claims something anew, and what was asked so far.

    What somebody gave or refused stays, though a form says nothing of it: only a claim that has changed since the form
    before is a later word.
    """
    authorised, until, checked = held
    if claimed[:2] != known.claimed[:2]:
        authorised, until = claimed.authorised, claimed.until
        known = known.without_answer("line-manager")
    if claimed.checked != known.claimed.checked:
        checked = claimed.checked
        known = known.without_answer("ethics")
    return Held(authorised, until, checked), known.asked


NONE_ASKED: Final = Clearances()


def questions(clearances: Clearances, held: Held, settings: MentoringSettings) -> Sequence[Question]:
    """What a mentor of the programme lacks, or will, and nobody was asked for yet."""
    wanted = (_wanted(kind, clearances, held, settings) for kind in KINDS)
    return [each for each in wanted if each is not None and not _was_asked(each, clearances)]


def moot(clearances: Clearances, held: Held, settings: MentoringSettings) -> Sequence[tuple[Clearance, str]]:
    """What waits for an answer that nobody needs any more from whom it was asked, with why."""
    found = []
    for each in clearances.open:
        wanted = _wanted(each.kind, clearances, held, settings)
        if wanted is None and (each.kind == "ethics" or clearances.line_manager_id is not None):
            found.append((each, "said-by-form"))
        elif wanted is None or wanted.asked_of != each.asked_of:
            found.append((each, "line-manager-changed"))
        elif wanted.held_until != each.held_until:
            found.append((each, "asked-anew"))
    return found


def answered(clearances: Clearances, said: MentorClearanceAnswered, *, today: date) -> Clearance | NotAllowed:
    """What was asked as somebody answers it; the very same where they said so before."""
    known = next((each for each in clearances.asked if each.clearance_id == said.clearance_id), None)
    if known is None or known.asked_of != said.answered_by:
        return NotAllowed("clearance-not-asked")
    # The ethics check has no end.
    until = said.until if said.answer == "give" and known.kind == "line-manager" else None
    if until is not None and until < today:
        return NotAllowed("authorisation-in-the-past")
    state: ClearanceState = "given" if said.answer == "give" else "refused"
    if known.state == "asked":
        return known._replace(state=state, until=until, answered_on=today)
    return known if (known.state, known.until) == (state, until) else NotAllowed("clearance-answered")


def proposed_until(question: Question, today: date, settings: MentoringSettings) -> date | None:
    """The last day that is proposed to who is asked: counted from the end of what is held, if that is to come."""
    if question.kind == "ethics":
        return None
    return add(max(today, question.held_until or today), Span(months=settings.authorisation.months))


def document_of(clearances: Clearances) -> str:
    """The same as kept text."""
    return _KEPT.dump_json(clearances).decode()


def clearances_from(document: str) -> Clearances:
    """What a kept text holds."""
    return _KEPT.validate_json(document)


_KEPT: Final = TypeAdapter(Clearances)


def _wanted(kind: ClearanceKind, clearances: Clearances, held: Held, settings: MentoringSettings) -> Question | None:
    if kind == "ethics":
        return None if held.checked else Question(kind, ETHICS_OFFICER, None)
    line_manager = clearances.line_manager_id
    if line_manager is None or (held.authorised and held.until is None):
        return None
    if not held.authorised or held.until is None:
        return Question(kind, line_manager, None)
    return Question(kind, line_manager, held.until, _asked_from(held.until, clearances, settings))


def _asked_from(until: date, clearances: Clearances, settings: MentoringSettings) -> date:
    in_good_time = until - timedelta(days=settings.authorisation.ask_before_days)
    known = clearances.of("line-manager")
    # Who has just given it for a short time knows its end, and is asked again once it has passed.
    if known is not None and known.answered_on is not None and in_good_time <= known.answered_on:
        return until + timedelta(days=1)
    return in_good_time


def _was_asked(question: Question, clearances: Clearances) -> bool:
    known = clearances.of(question.kind)
    if known is None or known.state == "given":
        return False
    return (known.asked_of, known.held_until) == (question.asked_of, question.held_until)
