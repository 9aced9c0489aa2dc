"""Who asks to be forgotten in a batch."""

from __future__ import annotations

from datetime import timedelta

from contracts.erasures import ErasureRequested
from libraries.chassis.erasures import asked_in
from tests.forms import START, application, form_event, identifier


def test_of_two_requests_the_later_counts() -> None:
    person_id, later = identifier("person"), START + timedelta(days=1)
    request = ErasureRequested(person_id=person_id, requested_at=START)
    events = [form_event(request, at=at) for at in (START, later, START)]
    assert asked_in([*events, form_event(application("another"))]) == {person_id: later}
