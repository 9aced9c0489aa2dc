"""What is planned about one matter: all that a handler sees and changes of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from services.notifications.planned.follow_ups import FollowUp, Planned
from services.notifications.planned.history import LastSaid
from services.notifications.planned.plans import Plans
from services.notifications.planned.series import Series
from services.notifications.roles import Role


class PlannedAbout:
    """What is planned about the one matter that a need names.

    Raises LookupError where the need did not have it loaded.
    """

    __slots__ = ("_plans", "matter_id")

    def __init__(self, plans: Plans, matter_id: UUID) -> None:
        self._plans = plans
        self.matter_id = matter_id

    @property
    def open(self) -> Collection[FollowUp]:
        """What is scheduled or being sent; a copy, which later changes leave alone."""
        return self._plans.open_of(self.matter_id)

    @property
    def series(self) -> Collection[Series]:
        """What is to come over the years; a copy."""
        return self._plans.series_of(self.matter_id)

    @property
    def ever(self) -> Sequence[Planned]:
        """All that was ever planned, with what it said, as far as that is kept, and how it stands; a copy."""
        return self._plans.ever_about(self.matter_id)

    @property
    def known_series(self) -> Collection[UUID]:
        """The ids of all that was ever planned, series among them."""
        return self._plans.known_ids

    def last_said(self, role: Role) -> LastSaid | None:
        """What those in a role were told last of its states, or will be."""
        return self._plans.last_said(self.matter_id, role)

    def plan(self, new: Planned | Series) -> bool:
        """Adds a follow-up or a series; False, and nothing is added, where it was planned before."""
        return self._plans.plan(new)

    def settle(self, follow_up: FollowUp) -> None:
        """Keeps what a follow-up has become: it is never sent."""
        self._plans.settle(follow_up)

    def move_on(self, series: Series, left: Series) -> None:
        """Keeps what is left of a series."""
        self._plans.move_on(series, left)

    def renew(self, new: Planned | Series) -> None:
        """Keeps what an open follow-up, or what is to come of a series, says from now on."""
        self._plans.renew(new)
