"""What a reconciliation found and did, as a file that a later look reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libraries.chassis.records.name import LaneName
from libraries.chassis.settings import SettingsError


class Forgotten(BaseModel):
    """The records of a partition that a service published and the restored database has forgotten."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    partition: int = Field(ge=0)
    first: int = Field(ge=0, description="The offset of the first of them")
    end: int = Field(ge=0, description="The offset after the last of them")
    copied: int = Field(ge=0, description="How many unread records before them were copied behind them")

    @property
    def place(self) -> LaneName:
        """The partition."""
        return LaneName(self.topic, self.partition)


class Report(BaseModel):
    """What was forgotten, by partition, and how many mails had left that the database knows nothing of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    restored_to: datetime
    forgotten: tuple[Forgotten, ...]
    mails: int = Field(ge=0)

    @property
    def records(self) -> int:
        """How many offsets the forgotten records have."""
        return sum(each.end - each.first for each in self.forgotten)


def read_report(path: Path) -> Report:
    """Reads what `engage restore reconcile --report` wrote; raises SettingsError where it is not that."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SettingsError(f"{path}: no report of a reconciliation: {type(error).__name__}") from None
