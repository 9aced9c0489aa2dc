"""Words of forms that are refused after a restore, since what ended their assignment was read before them.

No order is promised between topics: where intake is ready first, it tells of a withdrawal before matching or
mentoring have read what was said earlier, and all ends as it had ended. Or the applications come in another order, and
the optimum lets a proposal go before its confirmation is read: that came out otherwise, as what never came again did.
Whoever said it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from tests.faults.evidence import Found, of
from tests.faults.refusals import REFUSALS
from tests.restores.forgotten import Place, place_of

_WORDS = ("forms.decisions.v1", "forms.reports.v1")


def overtaken(topics: Mapping[str, Sequence[Found]], forgotten: Set[Place]) -> list[Found]:
    """The words that something had followed which is forgotten, and that are refused since.

    Only of assignments that a withdrawal had released, and has released again, or that the optimum has let go: what is
    refused while its assignment goes on, or because another decision had it end, is a loss.
    """
    events = [it for topic, found in topics.items() if topic not in _WORDS for it in found]
    before = [it for it in events if place_of(it) in forgotten]
    since = [it for it in events if place_of(it) not in forgotten]
    followed = {_cause(it) for it in before if it.kind not in REFUSALS}
    ended = _released(before, "withdrawn") & _released(since, "withdrawn") | _released(since, "better-for-all")
    refused = {_cause(it) for kind in REFUSALS for it in of(since, kind) if it.data["assignment_id"] in ended}
    words = [it for topic in _WORDS for it in topics[topic]]
    return [it for it in words if it.headers.get("ce_id") in refused & followed]


def _released(events: Sequence[Found], reason: str) -> Set[str]:
    return {it.key for it in of(events, "assignment.released") if it.data["reason"] == reason}


def _cause(it: Found) -> str | None:
    return it.headers.get("ce_causationid")
