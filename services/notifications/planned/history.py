"""All that was ever planned about the matters of one transaction, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from services.notifications.kinds import KINDS
from services.notifications.planned.follow_ups import FollowUp, Planned
from services.notifications.roles import Role


class LastSaid(NamedTuple):
    """Which state of a matter those in a role were told last, in which of its versions."""

    state: str
    version: int


class History:
    """Follow-ups by their matters, each as it stands by now."""

    def __init__(self) -> None:
        self._about: dict[UUID, dict[UUID, FollowUp]] = {}
        self._in_words: dict[UUID, Planned] = {}

    def note(self, follow_up: FollowUp) -> None:
        """Keeps how a follow-up stands."""
        self._about.setdefault(follow_up.key.matter_id, {})[follow_up.id] = follow_up

    def note_words(self, planned: Planned) -> None:
        """Keeps how a follow-up stands, with what it says."""
        self.note(planned.follow_up)
        self._in_words[planned.follow_up.id] = planned

    def in_words(self, matter_id: UUID) -> list[Planned]:
        """What was planned about a matter, with what it says, in the order of the ids."""
        found = sorted(self._about.get(matter_id, {}).items(), key=lambda item: item[0].int)
        return [self._in_words[key]._replace(follow_up=follow_up) for key, follow_up in found]

    def last_said(self, matter_id: UUID, role: Role) -> LastSaid | None:
        """What those in a role were told last of a matter's states, or will be; None where nothing."""
        return last_said(self._about.get(matter_id, {}).values(), role)


def last_said(follow_ups: Iterable[FollowUp], role: Role) -> LastSaid | None:
    """What those in a role were told last by these follow-ups, or will be."""
    last = None
    for follow_up in follow_ups:
        kind = KINDS.by_name.get(follow_up.key.kind)
        if kind is None or kind.says is None or kind.to != role or not is_told(follow_up):
            continue
        if last is None or follow_up.matter_version > last.version:
            last = LastSaid(kind.says, follow_up.matter_version)
    return last


def is_told(follow_up: FollowUp) -> bool:
    """Whether a follow-up has left, or is still to: what can't be delivered, or was called off, has told nobody."""
    if follow_up.state == "scheduled":
        return follow_up.settled is None
    # What is being sent may leave whatever has settled it meanwhile.
    return follow_up.state in ("sending", "sent")
