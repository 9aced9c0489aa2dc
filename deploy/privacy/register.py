"""The register of processing (GDPR, article 30): what is kept of whom, why, where, for whose eyes, and how long."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal, TypeAlias

from pydantic import Field

from contracts.catalogue import TOPIC_BY_NAME
from deploy.privacy.places import Entry, Sentence
from libraries.data_files import read_data_file

Phase: TypeAlias = Literal["active", "intermediate", "final"]


class Controller(Entry):
    """Who answers for it: names that only the City can give; empty where they are still to be named."""

    name: str
    contact: str
    data_protection_officer: str


class Kept(Entry):
    """How long something is kept in a phase: for so many days, or until something happens."""

    phase: Phase
    what: Sentence
    until: Sentence | None = None
    days: int | None = Field(default=None, ge=1)
    figure: str | None = None
    """What says so: `topic <name>`, `setting <name>`, `kinds content_days`, `console audit_days`, `desk kept_days`."""


class Processing(Entry):
    """One processing, as article 30 asks for it."""

    code: str
    purpose: Sentence
    people: Sentence
    data: Sentence
    readers: Sentence
    topics: tuple[str, ...]
    tables: tuple[str, ...]
    kept: tuple[Kept, ...]


class Register(Entry):
    """All processings."""

    version: int
    controller: Controller
    security: Sentence
    transfers: Sentence
    processings: tuple[Processing, ...]


@cache
def register() -> Register:
    """What deploy/privacy/register.toml says; raises DataFileError."""
    return read_data_file("deploy.privacy", "register.toml", Register)


def days_of(figure: str) -> int:
    """What the system itself says of a figure of the register; raises LookupError for one that it does not know."""
    sort, _, name = figure.partition(" ")
    look: dict[str, Callable[[str], int | None]] = {
        "topic": _of_topic,
        "setting": _of_setting,
        "kinds": _of_kinds,
        "console": _of_console,
        "desk": _of_desk,
    }
    if sort not in look or (days := look[sort](name)) is None:
        raise LookupError(f"nothing in the system says so: {figure}")
    return days


def _of_topic(name: str) -> int | None:
    topic = TOPIC_BY_NAME[name]
    return topic.compacted_within_days if topic.compacted else topic.retention_days


def _of_setting(name: str) -> int | None:
    from libraries.chassis.settings import Settings
    from services.intake.door.settings import DoorSettings

    for settings in (Settings, DoorSettings):
        if (field := settings.model_fields.get(name)) is not None:
            default: int = field.default
            return default
    return None


def _of_kinds(name: str) -> int | None:
    from services.notifications.kinds import KINDS

    return {"content_days": KINDS.content_days, "words_days": KINDS.words.days}.get(name)


def _of_console(name: str) -> int | None:
    from services.console.store import AUDIT_DAYS

    return AUDIT_DAYS if name == "audit_days" else None


def _of_desk(name: str) -> int | None:
    from services.desk.words import KEPT_DAYS

    return KEPT_DAYS if name == "kept_days" else None
