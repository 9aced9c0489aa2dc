"""What `kinds.toml` may say of follow-ups: what plans each, when it is due, to whom it goes, what settles it."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.catalogue import topics_read_by
from contracts.contacts import ContactRole
from contracts.message import Code, EventData
from libraries.links.desk import DeskPage
from libraries.work_days.due_dates import Calendar, Span, due_at, next_weekday
from services.notifications.courtesy import Courtesy, Retry
from services.notifications.roles import Party, Role

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DueAfter(_Strict):
    """How long after its event a planned follow-up is due."""

    days: int = Field(default=0, ge=0)
    months: int = Field(default=0, ge=0)
    years: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _check_length(self) -> DueAfter:
        if not (self.days or self.months or self.years):
            raise ValueError("must be longer than nothing; leave due_after out for what is due at once")
        return self

    @property
    def span(self) -> Span:
        """The same, to be added to a day."""
        return Span(days=self.days, months=self.months, years=self.years)


class Kind(_Strict):
    """A kind of follow-up; events are named as `application-registered`."""

    kind: Code
    fr: str = Field(min_length=1, max_length=200, description="What it is called in French, for other systems")
    en: str = Field(min_length=1, max_length=200, description="The same in English")
    text: Code | None = Field(
        default=None, description="Whose text it shares; the text sees the rest of the kind's name as `variant`"
    )
    planned_by: tuple[Code, ...] = Field(min_length=1, description="By any of these events")
    from_states: tuple[Code, ...] = Field(
        default=(), description="Only where the event takes its matter out of one of these states; empty: of any"
    )
    to: Role
    says: Code | None = Field(default=None, description="Which state of its matter it tells, for `news` and `corrects`")
    corrects: bool = Field(
        default=False, description="Only where whoever holds the role was told another state: else there is no need"
    )
    handed_on_in: tuple[Code, ...] = Field(
        default=(),
        description="In which states of its matter whoever takes over the role gets it though it was sent before",
    )
    answered_by: Party | None = Field(default=None, description="Which party of a pair answers by links in the text")
    clears: bool = Field(
        default=False, description="Whether its reader gives or refuses a mentor's clearance by a link in the text"
    )
    desk: DeskPage | None = Field(
        default=None, description="On which page of the desk its reader does what it asks for"
    )
    tells_description: bool = Field(
        default=False, description="Whether the text shows what was written of the obstacle that it is about"
    )
    introduces: ContactRole | None = Field(default=None, description="Of whom the text tells")
    introduces_by: Literal["name", "work"] = Field(
        default="name", description="Whether it tells who they are and their address, or what they do and know"
    )
    confirms_address: bool = Field(
        default=False, description="Tells at the address that was trusted that another was given, and how to confirm it"
    )
    calendar: Literal["puts-in", "takes-out"] | None = Field(
        default=None, description="Whether the first meeting of a pair is put into a calendar, or taken out again"
    )
    urgent: bool = Field(default=False, description="Leaves at any hour, and however many the person gets")
    optional: bool = Field(default=False, description="Whether a person may say that they want none of it")
    due_after: DueAfter | None = Field(default=None, description="Null: due at once")
    digest: Weekday | None = Field(
        default=None, description="The day of the week on which a person gets all that is of such kinds in one mail"
    )
    reminders: tuple[DueAfter, ...] = Field(
        default=(), description="How long after it left it is sent again, and after that again, until it is settled"
    )
    occasion: Literal["once", "version", "news", "cause"] = Field(
        description="Sent once a matter; once for each version that plans it; for each that is not what was said last; "
        "or once for each cause; never assumed, since a second mail that is not planned is not missed by anybody"
    )
    settled_by: tuple[Code, ...] = ()

    @field_validator("planned_by", mode="before")
    @classmethod
    def _one_event(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _check_need(self) -> Kind:
        if self.calendar == "takes-out" and self.optional:
            raise ValueError(f"{self.kind} can't be optional: an entry that nobody takes out stays in a calendar")
        if (self.corrects or self.occasion == "news") and self.says is None:
            raise ValueError(f"{self.kind} has to name what it says, which is compared with what was said before")
        if self.urgent and self.optional:
            raise ValueError(f"{self.kind} can't be both urgent and optional")
        if self.confirms_address and (not self.urgent or self.digest or self.reminders):
            raise ValueError(f"{self.kind} confirms an address: it has to be urgent, and is told once")
        if self.digest and (self.urgent or self.due_after or self.reminders or self.calendar or self.is_answered):
            raise ValueError(f"{self.kind} can only be told in a digest, since it is in one")
        if self.reminders and not self.settled_by:
            raise ValueError(f"{self.kind} has reminders and nothing that settles it")
        if self.desk is not None and (self.is_answered or self.confirms_address):
            raise ValueError(f"{self.kind} can't lead to the desk: it has a link of its own that answers it")
        if self.text is not None and not self.kind.startswith(f"{self.text}-"):
            raise ValueError(f"{self.kind} shares the text of {self.text}, so it must be called {self.text}-something")
        return self

    def due(self, because: datetime, calendar: Calendar) -> datetime:
        """When it is due that an event calls for."""
        if self.digest is not None:
            return next_weekday(because, get_args(Weekday).index(self.digest), calendar=calendar)
        return because if self.due_after is None else due_at(because, self.due_after.span, calendar=calendar)

    @property
    def text_name(self) -> str:
        """The folder of its text."""
        return self.text or self.kind

    @property
    def variant(self) -> str:
        """Which of those that share its text it is; empty where it has one of its own."""
        return self.kind.removeprefix(self.text_name).lstrip("-")

    @property
    def is_at_once(self) -> bool:
        """Whether it is due when its event happens."""
        return self.due_after is None and self.digest is None

    @property
    def is_counted(self) -> bool:
        """Whether it counts among what a person gets in seven days."""
        return not self.urgent and self.digest is None

    @property
    def is_answered(self) -> bool:
        """Whether its reader answers something by a link in the text."""
        return self.answered_by is not None or self.clears

    @property
    def is_for_the_trusted(self) -> bool:
        """Whether it goes to no address that nobody has confirmed: it proves a right, or tells of somebody else."""
        return bool(self.is_answered or self.optional or self.introduces or self.confirms_address)

    @property
    def is_later(self) -> bool:
        """Whether it may stand in a series: told once, some time after its event."""
        return self.due_after is not None and self.occasion == "once" and self.introduces is None

    def reminder_after(self, reminders: int) -> Span | None:
        """How long after the last mail, with so many reminders sent, the next one is due; None where none is."""
        return self.reminders[reminders].span if reminders < len(self.reminders) else None


class KindsFile(_Strict):
    """What `kinds.toml` holds."""

    version: int = Field(ge=1)
    due_at: time = Field(description="When on the wall what comes later is due")
    retry: Retry
    courtesy: Courtesy
    content_days: int = Field(ge=1, description="For how long what a mail said is kept after its end")
    words_days: int = Field(ge=1, description="For how long words that were taken back are kept for mail about that")
    too_late_days: int = Field(ge=1, description="What is due for longer is not sent any more")
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _check_names(self) -> KindsFile:
        names = [kind.kind for kind in self.kinds]
        if doubled := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"kinds must have different names; there are several {', '.join(sorted(doubled))}")
        known = {code_of(event) for topic in topics_read_by("notifications") for event in topic.events}
        named = {event for kind in self.kinds for event in (*kind.planned_by, *kind.settled_by)}
        if stray := named - known:
            raise ValueError(f"no topic that notifications reads carries {', '.join(sorted(stray))}")
        return self


@cache
def code_of(event: type[EventData]) -> str:
    """An event's short name: `application-registered` for `engage.application.registered.v1`."""
    _, entity, happened, _ = event.event_type.split(".")
    return f"{entity}-{happened}"
