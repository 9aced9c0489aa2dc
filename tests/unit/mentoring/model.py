"""The programme as a subscriber knows it: made of forms sent and events published, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.mentors import MentorForm
from contracts.message import EventData
from services.mentoring.choice.mentor_fit import fit_of
from services.mentoring.settings.pairing_rules import RULES
from services.mentoring.settings.rhythms import SETTINGS as DEFAULTS
from services.mentoring.states.mentor import enrolment
from services.mentoring.states.mentor_forms import ReadMentor
from services.mentoring.states.shape import Shape
from tests.unit.mentoring.desk import Desk
from tests.unit.mentoring.examples import FORM, NOW
from tests.unit.mentoring.examples import read as read_form

SETTINGS = DEFAULTS.model_copy(update={"version": "test", "window_pairs": 2})


@dataclass
class Seen:
    """A pair as a subscriber knows it."""

    assignment: str
    application: str
    mentor: str
    state: str = "offered"
    version: int = 1
    yes: set[str] = field(default_factory=set)
    began: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state not in ("declined", "ended")


class Model:
    """What must be so, worked out of what was sent and published; it shares no code with the choice."""

    def __init__(self) -> None:
        self.desk = Desk(settings=SETTINGS)
        self.forms: dict[str, ReadMentor] = {}
        self.active: set[str] = set()
        self.recusals: set[tuple[str, str]] = set()
        self.nos: set[tuple[str, str]] = set()
        self.waiting: set[str] = set()
        self.told: set[str] = set()
        self.leads: dict[str, Any] = {}
        self.pairs: dict[str, Seen] = {}
        self.wishes: dict[str, dict[str, Any]] = {}
        self.sharing: set[str] = set()
        self.stopped: set[str] = set()
        self.asked: dict[tuple[str, str], str] = {}

    # How it is read

    def take(self, data: EventData) -> list[str]:
        if isinstance(data, MentorForm):
            self.forms[str(data.mentor_id)] = read_form(data)
        read = {
            "contact.published": self.on_contact,
            "contact.retracted": self.on_contact,
            "person.forgotten": self.on_contact,
            "pair.offered": self.on_offered,
            "pair.accepted": self.on_accepted,
            "pair.activated": self.on_changed,
            "pair.declined": self.on_changed,
            "pair.ended": self.on_ended,
            "pair.no-mentor-found": self.on_none_found,
            "pair.answer-refused": self.on_contact,
            "mentor.clearance-asked": self.on_asked,
            "mentor.clearance-dropped": self.on_dropped,
        }
        happened = self.desk.take(data)
        self.offered_alone = sum(name == "pair.offered" for name, _ in happened) == 1
        for name, published in happened:
            read[name](published)
        return [name for name, _ in happened]

    def take_form(self, data: MentorForm) -> None:
        self.active.add(str(data.mentor_id))
        self.take(data)

    def on_contact(self, data: dict[str, Any]) -> None:
        assert data

    def on_offered(self, data: dict[str, Any]) -> None:
        mentor, assignment = data["mentor_id"], data["assignment_id"]
        assert assignment in self.waiting
        assert self.has_place(mentor), "capacity, window, and still in the programme"
        assert self.allowed(mentor, assignment)
        best = max(self.points(other, assignment) for other in self.candidates(assignment))
        assert data["fit"] == self.points(mentor, assignment) <= best
        assert data["fit"] == best or not self.offered_alone
        assert data["pair_id"] not in self.pairs
        self.pairs[data["pair_id"]] = Seen(assignment, data["application_id"], mentor)
        self.waiting.discard(assignment)
        self.told.discard(assignment)

    def on_changed(self, data: dict[str, Any]) -> None:
        seen = self.pairs[data["pair_id"]]
        assert data["from"] == seen.state
        assert data["version"] == seen.version + 1
        seen.state, seen.version = data["to"], data["version"]

    def on_accepted(self, data: dict[str, Any]) -> None:
        self.on_changed(data)
        seen = self.pairs[data["pair_id"]]
        assert data["party"] not in seen.yes
        seen.yes.add(data["party"])
        if len(seen.yes) == 2:
            seen.began = self.desk.now

    def on_ended(self, data: dict[str, Any]) -> None:
        self.on_changed(data)
        if data["reason"] in ("recusal", "mentor-withdrawn", "handles-the-file"):
            self.waiting.add(data["assignment_id"])

    def on_none_found(self, data: dict[str, Any]) -> None:
        assignment = data["assignment_id"]
        assert assignment in self.waiting
        assert assignment not in self.told, "said once in a wait"
        assert not self.candidates(assignment)
        assert data["reasons"]
        self.told.add(assignment)

    def on_asked(self, data: dict[str, Any]) -> None:
        asked = data["mentor_id"], data["clearance"]
        assert asked not in self.asked, "nobody is asked twice"
        assert data["mentor_id"] in self.active
        self.asked[asked] = data["clearance_id"]

    def on_dropped(self, data: dict[str, Any]) -> None:
        assert self.asked.pop((data["mentor_id"], data["clearance"])) == data["clearance_id"]

    # What is asked of it

    def open_pairs(self) -> list[Seen]:
        return [pair for pair in self.pairs.values() if pair.open]

    def is_accompanied(self, assignment: str) -> bool:
        held = {pair.assignment for pair in self.open_pairs()}
        return assignment in self.waiting | self.stopped | held

    def has_place(self, mentor: str) -> bool:
        held = [pair for pair in self.open_pairs() if pair.mentor == mentor]
        offered = sum(pair.began is None for pair in held)
        recent = sum(
            pair.began is not None and self.desk.now - pair.began < timedelta(days=30)
            for pair in self.pairs.values()
            if pair.mentor == mentor
        )
        form, today = self.forms[mentor], self.desk.now.astimezone(ZoneInfo("Europe/Paris")).date()
        return (
            mentor in self.active
            and (form.paused_until is None or form.paused_until <= today)
            and self.authorised_today(form)
            and len(held) < form.capacity
            and offered + recent < SETTINGS.window_pairs
        )

    def authorised_today(self, form: ReadMentor) -> bool:
        until = form.line_manager_authorised_until
        return until is None or self.desk.now.astimezone(ZoneInfo("Europe/Paris")).date() <= until

    def allowed(self, mentor: str, assignment: str) -> bool:
        lead = self.leads[assignment]
        return (
            (mentor, str(lead.application_id)) not in self.recusals
            and (mentor, assignment) not in self.nos
            and lead.application_id not in self.forms[mentor].handled_applications
            and self.forms[mentor].person.person_id not in (lead.owner_id, lead.lead_id)
            and self.share_a_language(mentor, assignment)
        )

    def share_a_language(self, mentor: str, assignment: str) -> bool:
        spoken, wanted = self.forms[mentor].languages, self.wishes.get(assignment, {}).get("languages", ())
        return not spoken or not wanted or bool(set(spoken) & set(wanted))

    def candidates(self, assignment: str) -> list[str]:
        return [mentor for mentor in self.forms if self.has_place(mentor) and self.allowed(mentor, assignment)]

    def points(self, mentor: str, assignment: str) -> int:
        lead = self.leads[assignment]
        profile = enrolment(self.forms[mentor], None, source=FORM, told_at=NOW, line_manager_id=None).profile
        wishes = {name: frozenset(values) for name, values in self.wishes.get(assignment, {}).items()}
        return fit_of(profile, Shape(frozenset(lead.themes), frozenset(lead.territories), **wishes), RULES).total
