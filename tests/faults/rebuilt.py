"""What an intake that was built anew may say again: what it said before, without the words of who was forgotten."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Final

from tests.faults.evidence import Found, of
from tests.faults.verdict import Verdict

_APPLICATIONS: Final = "applications.v1"
_WORDS: Final = ("organisation", "project_title", "proposed_tags", "lexicon_version", "title", "summary")


def says_the_same(first: Found, again: Found, forgotten: Set[str]) -> bool:
    """Whether a record is the one that its id stood for before.

    What a form made keeps its id and its number, and loses the words of a lead who was forgotten meanwhile. What has no
    number is known by what it says: other words have another id.
    """
    if (first.topic, first.key) != (again.topic, again.key):
        return False
    if first.value == again.value:
        return True
    by_words = "ce_sequence" not in first.headers or "ce_sequence" not in again.headers
    if first.topic != _APPLICATIONS or by_words or first.data.get("lead_id") not in forgotten:
        return False
    return without_words(first.data) == without_words(again.data)


def without_words(data: Mapping[str, Any]) -> dict[str, Any]:
    """What stays of an application's event when its lead is forgotten."""
    kept = {name: value for name, value in data.items() if name not in _WORDS}
    if "organisation" in data:
        kept["identified_by"] = data["organisation"]["identified_by"]
    if "project" in data:
        kept["project"] = without_words(data["project"])
    return kept


def once_each(said: Iterable[Found], rebuilds: int, verdict: Verdict) -> list[Found]:
    """The first word on each request to be forgotten; intake has at most one more for each time it was built anew.

    How much it removed then is something else, since there was less.
    """
    words: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for it in said:
        words[it.key, it.data["requested_at"]].append(it)
    for same in words.values():
        if len(same) > 1 + rebuilds:
            verdict.say("double", f"said {len(same)} times, and intake was built anew {rebuilds} times: {same[0]}")
    return [same[0] for same in words.values()]


def withdrawals(events: Sequence[Found], ended: Set[str]) -> Counter[str]:
    """How often each application was taken back.

    What an erasure ended is ended again after each form that was sent before it and read later. A form's withdrawal
    may be said again without the words of a lead who was forgotten: it is the same one.
    """
    taken_back = {(it.key, "" if it.key in ended else str(without_words(it.data))) for it in _withdrawn(events)}
    return Counter(key for key, _ in taken_back)


def check_versions_of_applications(events: Sequence[Found], rebuilds: int, verdict: Verdict) -> None:
    """Forms count the versions; an end comes one after a form's, and a flag is of one that a form has made.

    Only what hangs on other topics and applications, flags and ends, may come late, where intake was built anew.
    """
    versions: dict[str, list[Found]] = defaultdict(list)
    for it in events:
        if it.topic == _APPLICATIONS and "version" in it.data:
            versions[it.key].append(it)
    for key, told in versions.items():
        order, ends, flags = (
            [it.data["version"] for it in some]
            for some in (
                [it for it in told if it.kind not in _APART],
                _withdrawn(told),
                of(told, "application.flagged"),
            )
        )
        last = len(order)
        if order != list(range(1, last + 1)):
            verdict.say("disorder", f"versions that forms made of application {key}: {order}")
        if not set(flags) <= set(order):
            verdict.say("double", f"application {key} was flagged in {flags}, and forms made {order}")
        if ends and not ({last + 1} <= set(ends) <= set(range(2, last + 2))):
            verdict.say("loss", f"application {key} ended in {ends}, and forms made {order}")
        everything = [it.data["version"] for it in told]
        if not rebuilds and everything != sorted(everything):
            verdict.say("disorder", f"versions of application {key}: {everything}")


def newest(events: Iterable[Found]) -> dict[str, dict[str, Any]]:
    """What was said last of each application in its highest version: the one that readers keep."""
    known: dict[str, dict[str, Any]] = {}
    for it in events:
        if it.topic == _APPLICATIONS and "to" in it.data:
            before = known.get(it.key)
            if before is None or it.data["version"] >= before["version"]:
                known[it.key] = it.data
    return known


def ends_later(found: Found, contacts: Sequence[Found]) -> bool:
    """Whether a record is one of these contacts, and a mark that it ended comes later: nobody keeps it."""
    place = found.topic, found.partition, found.key
    ends = (it for it in contacts if not it.value and (it.topic, it.partition, it.key) == place)
    return any(it.offset > found.offset for it in ends)


_APART: Final = ("application.flagged", "application.withdrawn")


def _withdrawn(events: Iterable[Found]) -> list[Found]:
    return of(events, "application.withdrawn")
