"""What holds from a day until a day: what a programme's lists name, and later name no more."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Dated(BaseModel):
    """An entry of a list that may be named from its first day to its last; either may be open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: date | None = Field(default=None, description="The first day; null: from ever")
    valid_until: date | None = Field(default=None, description="The last day; null: without end")

    @model_validator(mode="after")
    def _check_days(self) -> Self:
        if self.valid_from is not None and self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until must not lie before valid_from, {self.valid_from}")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether it may be named on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)
