"""What a restore has forgotten, told by the records' times alone: shares no code with what reconciles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from tests.faults.evidence import Found
from tests.faults.verdict import Verdict

Place: TypeAlias = tuple[str, int, int]


@dataclass(frozen=True)
class Forgotten:
    """What services published between the moment that the database went back to and its restore.

    `records` are their places; `mails` are those that had left by then, and that nothing says any more; `since` is what
    was published after the restore; `words` are the places of forms about what came out otherwise, which wait in
    vain, and of those that are refused since.
    """

    records: Set[Place]
    mails: Set[str]
    since: Set[tuple[str, str]]
    words: Set[Place] = frozenset()

    @classmethod
    def between(cls, topics: Mapping[str, Sequence[Found]], moment: datetime, restored_at: datetime) -> Forgotten:
        """Finds them: the clock of this machine is the producers' and the database's."""
        first, last = moment.timestamp() * 1000, restored_at.timestamp() * 1000
        ours = [it for topic, found in topics.items() if not topic.startswith("forms.") for it in found]
        records = {place_of(it) for it in ours if first < it.timestamp <= last}
        sent = [it for it in topics["follow-ups.v1"] if it.kind == "follow-up.sent"]
        before = {it.key for it in sent if place_of(it) in records}
        since = {it.identity for it in ours if it.timestamp > last}
        return cls(records, before - {it.key for it in sent if place_of(it) not in records}, since)

    def rest(self, topics: Mapping[str, Sequence[Found]]) -> dict[str, list[Found]]:
        """All other records."""
        gone = self.records | self.words
        return {topic: [it for it in found if place_of(it) not in gone] for topic, found in topics.items()}

    def and_words(self, waiting: Sequence[Mapping[str, Any]], overtaken: Sequence[Found]) -> Forgotten:
        """The same with what waits in vain, and with what is refused because something has overtaken it."""
        waits = {(row["topic"], row["partition"], row["offset"]) for row in waiting}
        return replace(self, words=waits | {place_of(it) for it in overtaken})

    def but_told_in(self, topics: Mapping[str, Sequence[Found]]) -> Forgotten:
        """The same once traffic went on: what calls only now for a mail that had left tells it as sent."""
        told = {it.key for it in topics["follow-ups.v1"] if it.kind == "follow-up.sent"}
        return replace(self, mails=self.mails - told)

    def true_mails(self, mails: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The mails but for those that had left about what came out otherwise."""
        return [mail for mail in mails if _follow_up_of(mail) not in self.mails]

    def untrue(self, mails: Sequence[Mapping[str, Any]]) -> int:
        """How many the others are."""
        return len(mails) - len(self.true_mails(mails))

    def compare(self, report: Mapping[str, Any], topics: Mapping[str, Sequence[Found]], verdict: Verdict) -> None:
        """Says where the operators' command found something else.

        What was committed before the moment and published at it or after is in the outbox still, and so comes again.
        """
        spans = {
            (span["topic"], span["partition"], offset)
            for span in report["forgotten"]
            for offset in range(span["first"], span["end"])
        }
        again = {it.identity for found in self.rest(topics).values() for it in found}
        for it in (it for found in topics.values() for it in found):
            is_passed_over, is_forgotten = place_of(it) in spans, place_of(it) in self.records
            if is_passed_over and not is_forgotten and it.identity not in self.since:
                verdict.say("loss", f"{it} is passed over, was published before, and does not come again")
            elif is_forgotten and not is_passed_over and it.identity not in again:
                verdict.say("double", f"{it} is not passed over, and was published after it")


def place_of(it: Found) -> Place:
    """Where a record lies."""
    return it.topic, it.partition, it.offset


def _follow_up_of(mail: Mapping[str, Any]) -> str:
    return str(mail["message_id"]).partition("@")[0].lstrip("<")
