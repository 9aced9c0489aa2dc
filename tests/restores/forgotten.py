"""What a restore has forgotten, told by the records' times alone: shares no code with what reconciles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.faults.evidence import Found
from tests.faults.verdict import Verdict


@dataclass(frozen=True)
class Forgotten:
    """The records that services published between the moment that the database went back to and its restore."""

    records: Set[tuple[str, int, int]]

    @classmethod
    def between(cls, topics: Mapping[str, Sequence[Found]], moment: datetime, restored_at: datetime) -> Forgotten:
        """Finds them: the clock of this machine is the producers' and the database's."""
        first, last = moment.timestamp() * 1000, restored_at.timestamp() * 1000
        ours = (it for topic, found in topics.items() if not topic.startswith("forms.") for it in found)
        return cls({_place(it) for it in ours if first < it.timestamp <= last})

    def rest(self, topics: Mapping[str, Sequence[Found]]) -> dict[str, list[Found]]:
        """All other records."""
        return {topic: [it for it in found if _place(it) not in self.records] for topic, found in topics.items()}

    def true_mails(
        self, mails: Sequence[Mapping[str, Any]], topics: Mapping[str, Sequence[Found]]
    ) -> list[Mapping[str, Any]]:
        """The mails but for those that had left about what came out otherwise."""
        void = self._voided(topics)
        return [mail for mail in mails if _follow_up_of(mail) not in void]

    def told(self, topics: Mapping[str, Sequence[Found]], mails: Sequence[Mapping[str, Any]]) -> str:
        """How the mails that had left stand."""
        void = self._voided(topics)
        return f"{sum(_follow_up_of(mail) in void for mail in mails)} mails had left about them"

    def compare(self, report: Mapping[str, Any], topics: Mapping[str, Sequence[Found]], verdict: Verdict) -> None:
        """Says where the operators' command found something else."""
        spans = {
            (span["topic"], span["partition"], offset)
            for span in report["forgotten"]
            for offset in range(span["first"], span["end"])
        }
        seen = {_place(it) for found in topics.values() for it in found}
        for place in sorted((spans & seen) ^ self.records):
            verdict.say("disorder", f"{place} is {'not ' * (place not in spans)}among what the command passed over")

    def _voided(self, topics: Mapping[str, Sequence[Found]]) -> Set[str]:
        sent = [it for it in topics["follow-ups.v1"] if it.kind == "follow-up.sent"]
        before = {it.key for it in sent if _place(it) in self.records}
        return before - {it.key for it in sent if _place(it) not in self.records}


def _place(it: Found) -> tuple[str, int, int]:
    return it.topic, it.partition, it.offset


def _follow_up_of(mail: Mapping[str, Any]) -> str:
    return str(mail["message_id"]).partition("@")[0].lstrip("<")
