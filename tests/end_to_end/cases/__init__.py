"""Cases as data: what forms send of slips and situations, and what people and systems must see of it.

What must be seen was written from docs/publish-from-a-form.md and docs/run-the-programme.md, and is never copied from
what came out.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from libraries.data_files import read_data_file

Form = Literal[
    "contest", "implantation", "correction", "withdrawal", "need", "need-again", "need-closed", "mentor", "deputy",
    "decision", "answer",
]  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Strict):
    """One form: a good one but for what it sets and what it leaves out, by paths such as `organisation.siren`."""

    form: Form
    set: dict[str, Any] = Field(
        default={},
        description="`{lead}`, `{other application}` … stand for ids; {text, times} for a text so many times",
    )
    leave_out: tuple[str, ...] = ()
    other: bool = Field(default=False, description="Of another application, need or mentor, and another person")
    again: bool = Field(default=False, description="The very event of the step before: the same id and content")
    source: str = "urn:form:test"
    after: str | None = Field(default=None, description="Sent once this event, or this kind of mail, was seen")
    door: int | None = Field(default=None, description="Sent over HTTP, with this answer")


class Case(_Strict):
    """What is sent, and what must be seen; what is left out must not be seen at all."""

    case: str
    send: tuple[Step, ...] = Field(min_length=1)
    events: tuple[str, ...] = Field(default=(), description="On each topic in this order; `-` before a tombstone")
    state: str | None = Field(default=None, description="Of the application, as the last event says")
    asked: tuple[str, ...] = Field(default=(), description="`field code`, in any order")
    reasons: tuple[str, ...] = Field(default=(), description="Why it was rejected or refused, likewise")
    flags: tuple[str, ...] = ()
    mails: tuple[str, ...] = Field(default=(), description="`kind to role`, in any order")
    mailed_to: str | None = Field(default=None, description="To which address all of them went, where it is special")
    read: dict[str, Any] = Field(
        default={}, description="Values as they were published, by paths from `contact` or data"
    )
    invitation: str | None = Field(default=None, description="What stands in both calendars")
    dead_letter: str | None = Field(default=None, description="Why the record was set aside")


class _Cases(_Strict):
    cases: tuple[Case, ...]


FILES: Final = ("repaired.toml", "asked_back.toml", "judged.toml", "people.toml", "situations.toml")


def all_cases() -> tuple[Case, ...]:
    """Every case of every file, each under a name of its own."""
    found = tuple(case for file in FILES for case in read_data_file("tests.end_to_end.cases", file, _Cases).cases)
    assert len({case.case for case in found}) == len(found)
    return found
