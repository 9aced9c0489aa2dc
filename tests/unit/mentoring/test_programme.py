"""The whole roster in any order of events, judged by what is published alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.drawing import drawn
from tests.unit.mentoring.examples import (
    NOW,
    OWNER,
    answered,
    application_id,
    assignment_id,
    confirmed,
    end_requested,
    enrolled,
    erasure_of,
    line_manager,
    mentor_id,
    person_of_mentor,
    recused,
    released,
    revised,
    wished,
    withdrawn,
)
from tests.unit.mentoring.model import Model

pytestmark = pytest.mark.drawn

MENTORS = range(1, 5)
LEADS = range(1, 7)
THEMES = ("education", "health", "housing")

days = st.integers(-5, 60).map(lambda count: NOW.date() + timedelta(days=count))
forms = st.fixed_dictionaries(
    {
        "capacity": st.integers(0, 3),
        "skills": st.lists(st.sampled_from(THEMES), max_size=2, unique=True).map(tuple),
        "line_manager_authorised": st.booleans(),
        "line_manager": st.sampled_from([None, line_manager(1), line_manager(2)]),
        "ethics_check_done": st.sampled_from([True, True, False]),
        "languages": st.sampled_from([("fr",), ("fr",), ("en",), ("fr", "en"), ()]),
        "slots": st.sampled_from([(), ("mon-morning",), ("tue-evening", "mon-morning")]),
        "handled_applications": st.lists(st.sampled_from(LEADS).map(application_id), max_size=1).map(tuple),
        "paused_until": st.none() | days,
        "line_manager_authorised_until": st.none() | days,
    }
)


wishes = st.fixed_dictionaries(
    {
        "skills": st.sampled_from([(), ("health",), ("housing", "health")]),
        "languages": st.sampled_from([(), ("fr",), ("en",), ("fr", "en")]),
        "slots": st.sampled_from([(), ("mon-morning",), ("tue-evening",)]),
    }
)


class ProgrammeMachine(Model, RuleBasedStateMachine):
    """Any order of events over a model that is made of what they publish."""

    def __init__(self) -> None:
        Model.__init__(self)
        RuleBasedStateMachine.__init__(self)

    def known_mentor(self, data: st.DataObject) -> int:
        known = [number for number in MENTORS if str(mentor_id(number)) in self.forms]
        return data.draw(st.sampled_from(known or [9]))

    def some_pair(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(list(self.pairs)))

    # What happens

    @rule(number=st.sampled_from(MENTORS), changes=forms, owner=st.integers(0, 9))
    def enrol(self, number: int, changes: dict[str, Any], owner: int) -> None:
        known = self.forms.get(str(mentor_id(number)))
        person = OWNER if number == 4 and owner < 5 else person_of_mentor(number)
        person = known.person.person_id if known else person
        self.take_form(enrolled(number, person_id=person, **changes))

    @precondition(lambda self: self.forms)
    @rule(data=st.data(), changes=forms)
    def revise(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        number = self.known_mentor(data)
        person = self.forms[str(mentor_id(number))].person.person_id
        self.take_form(revised(number, person_id=person, **changes))

    @precondition(lambda self: self.forms)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        number = self.known_mentor(data)
        self.active.discard(str(mentor_id(number)))
        self.take(withdrawn(number))
        assert not [pair for pair in self.open_pairs() if pair.mentor == str(mentor_id(number))]

    @precondition(lambda self: self.forms)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        number = self.known_mentor(data)
        self.active.discard(str(mentor_id(number)))
        assert "person.forgotten" in self.take(erasure_of(self.forms[str(mentor_id(number))].person.person_id))
        assert not [pair for pair in self.open_pairs() if pair.mentor == str(mentor_id(number))]
        # What is said at that very moment was said before.
        self.take(enrolled(number, person_id=self.forms[str(mentor_id(number))].person.person_id))
        self.time_passes(1)

    @precondition(lambda self: self.forms)
    @rule(data=st.data(), lead=st.sampled_from(LEADS))
    def recuse(self, data: st.DataObject, lead: int) -> None:
        number = self.known_mentor(data)
        self.recusals.add((str(mentor_id(number)), str(application_id(lead))))
        self.take(recused(number, application=lead))

    @rule(number=st.sampled_from(LEADS), themes=st.lists(st.sampled_from(THEMES), max_size=2, unique=True))
    def confirm(self, number: int, themes: list[str]) -> None:
        # The first and the last are two assignments of one project.
        data = confirmed(number, themes=tuple(themes), application_id=application_id(number if number < 6 else 1))
        key = str(data.assignment_id)
        self.leads[key] = data
        if key not in self.sharing and not any(pair.assignment == key for pair in self.open_pairs()):
            other = str(assignment_id({1: 6, 6: 1}.get(number, 0)))
            self.stopped.discard(key)
            (self.sharing if key not in self.waiting and self.is_accompanied(other) else self.waiting).add(key)
        self.take(data)

    @precondition(lambda self: self.leads)
    @rule(data=st.data(), wishes=wishes)
    def wish(self, data: st.DataObject, wishes: dict[str, Any]) -> None:
        key = data.draw(st.sampled_from(list(self.leads)))
        self.wishes[key] = wishes
        self.told.discard(key)
        self.take(wished(UUID(key).int & 0xFF, **wishes))

    @rule(number=st.sampled_from(LEADS))
    def release(self, number: int) -> None:
        key = str(assignment_id(number))
        other = str(assignment_id({1: 6, 6: 1}.get(number, 0)))
        if other in self.sharing and self.is_accompanied(key):
            self.sharing.discard(other)
            (self.stopped if key in self.stopped else self.waiting).add(other)
        for state in (self.waiting, self.told, self.sharing, self.stopped):
            state.discard(key)
        self.take(released(number))
        assert key not in self.waiting
        assert not [pair for pair in self.open_pairs() if pair.assignment == key]

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), party=st.sampled_from(["mentor", "lead"]), times=st.integers(1, 2))
    def accept(self, data: st.DataObject, party: str, times: int) -> None:
        identifier = self.some_pair(data)
        was_open, had = self.pairs[identifier].open, party in self.pairs[identifier].yes
        for _ in range(times):
            names = self.take(answered(UUID(identifier), party, "accept"))
            assert ("pair.answer-refused" in names) is not was_open
            assert ("pair.accepted" in names) is (was_open and not had)
            had = had or was_open

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), party=st.sampled_from(["mentor", "lead"]))
    def decline(self, data: st.DataObject, party: str) -> None:
        identifier = self.some_pair(data)
        seen = self.pairs[identifier]
        refused = not seen.open or seen.state == "active"
        if not refused:
            self.nos.add((seen.mentor, seen.assignment))
            self.waiting.add(seen.assignment)
        assert ("pair.answer-refused" in self.take(answered(UUID(identifier), party, "decline"))) is refused

    @precondition(lambda self: self.pairs)
    @rule(data=st.data(), by=st.sampled_from(["mentor:1", "lead:1", "officer:1"]))
    def end(self, data: st.DataObject, by: str) -> None:
        identifier = self.some_pair(data)
        seen = self.pairs[identifier]
        was_open = seen.open
        if was_open and by == "mentor:1":
            self.nos.add((seen.mentor, seen.assignment))
            self.waiting.add(seen.assignment)
        elif was_open:
            self.stopped.add(seen.assignment)
        assert ("pair.answer-refused" in self.take(end_requested(UUID(identifier), by))) is not was_open

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.desk.now += timedelta(hours=hours)
        self.take(enrolled(9, capacity=0))

    @rule()
    def another_transaction_begins(self) -> None:
        self.desk.store.reload()

    @invariant()
    def a_lead_has_one_open_pair_at_most(self) -> None:
        held = [pair.assignment for pair in self.open_pairs()]
        assert len(held) == len(set(held))
        assert not self.waiting & set(held)
        projects = [self.leads[assignment].application_id for assignment in held]
        assert len(projects) == len(set(projects)), "one pair a project"

    @invariant()
    def nobody_recused_holds_a_pair(self) -> None:
        assert not {(pair.mentor, pair.application) for pair in self.open_pairs()} & self.recusals

    @invariant()
    def nobody_waits_while_a_mentor_is_free_for_them(self) -> None:
        for assignment in self.waiting:
            assert not self.candidates(assignment), assignment
            assert assignment in self.told, "who waits was told"

    @invariant()
    def a_pair_is_active_once_nothing_is_missing(self) -> None:
        for pair in self.open_pairs():
            form = self.forms[pair.mentor]
            both = len(pair.yes) == 2
            assert both or pair.state != "active"
            if both and form.line_manager_authorised and form.ethics_check_done and self.authorised_today(form):
                assert pair.state == "active"

    @invariant()
    def what_a_mentor_lacks_is_asked_for(self) -> None:
        for mentor, form in self.forms.items():
            is_active = mentor in self.active
            assert ((mentor, "ethics") in self.asked) is (is_active and not form.ethics_check_done)
            if not form.line_manager_authorised or form.line_manager_authorised_until is None:
                asked = (mentor, "line-manager") in self.asked
                named = form.line_manager is not None
                assert asked is (is_active and named and not form.line_manager_authorised)

    @invariant()
    def nobody_accompanies_a_file_that_they_handle(self) -> None:
        for pair in self.open_pairs():
            assert UUID(pair.application) not in self.forms[pair.mentor].handled_applications


TestProgrammeMachine = ProgrammeMachine.TestCase
TestProgrammeMachine.settings = settings(max_examples=drawn(150), stateful_step_count=40, deadline=None)
