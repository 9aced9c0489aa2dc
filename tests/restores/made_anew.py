"""Whether topics that were made anew say what the lost ones said: shares no code with what makes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from contracts.catalogue import TOPIC_BY_NAME
from tests.faults.evidence import Found
from tests.faults.verdict import Verdict

_EMPTIED: Final = {"organisation", "organisation_name", "partner_name", "project", "project_title", "proposed_tags"}
_NAMES: Final = {"project_title", "organisation_name", "partner_name"}
_MARKS: Final = {"(effacé)", "(non publié)"}
_TRACES: Final = ("ce_traceparent", "traceparent")


def compare_with_lost(
    lost: Mapping[str, Sequence[Found]], now: Mapping[str, Sequence[Found]], verdict: Verdict
) -> dict[str, list[Found]]:
    """Says what of the lost public events is not there, or says something else, but for words that were forgotten.

    Returns the topics as they are now, with these words where they stood, so that all is judged by what was said.
    """
    whole = {topic: list(found) for topic, found in now.items()}
    for topic in (name for name in now if "journal" in TOPIC_BY_NAME[name].consumers):
        before: defaultdict[tuple[str, str], list[Found]] = defaultdict(list)
        for it in lost[topic]:
            before[it.identity].append(it)
        whole[topic] = [_as_before(it, before.get(it.identity, [it]), verdict) for it in now[topic]]
        for identity in before.keys() - {it.identity for it in now[topic]}:
            verdict.say("loss", f"not made anew: {before[identity][0]}")
        verdict.counted["made anew"] += len(before)
    return whole


def _as_before(again: Found, before: Sequence[Found], verdict: Verdict) -> Found:
    """A record as it was said; the same may have been said more than once."""
    said = before[0]
    if _known_by(again) not in map(_known_by, before):
        verdict.say("double", f"made anew otherwise: {said} as {again}")
    if said.data == again.data:
        return again
    names = {name for name in said.data.keys() | again.data.keys() if said.data.get(name) != again.data.get(name)}
    if not names <= _EMPTIED:
        verdict.say("double", f"made anew with another {', '.join(sorted(names - _EMPTIED))}: {again}")
    # What lacks its words says so.
    if not {again.data[name] for name in _NAMES & again.data.keys()} <= _MARKS:
        verdict.say("disorder", f"lacks something, and has no mark: {again}")
    verdict.counted["emptied"] += 1
    return replace(again, value=said.value)


def _known_by(it: Found) -> tuple[object, ...]:
    headers = {name: value for name, value in it.headers.items() if name not in _TRACES}
    return it.partition, it.key, headers, it.timestamp
