"""Duplicates and other things that a person should look at: flagged, never dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from libraries.places.communes import may_be_postal
from services.intake.cleaned_forms import CleanedForm


class Flag(NamedTuple):
    """Something to look at: a reason's code, the form's field, the other applications concerned, values of its text."""

    code: str
    field: str
    related: tuple[UUID, ...] = ()
    values: Mapping[str, object] = {}


def find_flags(
    form: CleanedForm, *, same_organisation: Collection[UUID], same_project: Collection[UUID]
) -> tuple[Flag, ...]:
    """The flags of an application that meets its rules.

    `same_organisation` and `same_project` are the ids of the edition's other applications under the same
    organisation key and the same folded title, whoever sent them.
    """
    flags = []
    if same_organisation:
        flags.append(Flag("same-organisation", "organisation", tuple(sorted(same_organisation))))
    if same_project:
        flags.append(Flag("same-project", "project.title", tuple(sorted(same_project))))
    declared = form.organisation.declared
    if form.said.track == "contest" and (declared.laureate or declared.laureate_year is not None):
        # The rules of the edition did not exclude it, or it would not have got here.
        flags.append(Flag("earlier-laureate", "organisation.laureate"))
    # A person can look it up; a rule could not tell it from another of the same name.
    if form.organisation.identifiers.identified_by == "name-and-commune":
        flags.append(Flag("organisation-unidentified", "organisation"))
    # Its form asks for an INSEE code, and a postal code is what people know by heart: both are codes of a commune here.
    # Whoever named the commune meant no code.
    if (
        (commune := form.organisation.identifiers.commune) is not None
        and may_be_postal(commune)
        and not any(map(str.isalpha, str(form.said.organisation.commune)))
    ):
        flags.append(Flag("commune-maybe-postal", "organisation.commune"))
    return (*flags, *(Flag(code, field, values=values) for code, field, values in form.remarks))


def standing_flags(flags: Iterable[Flag]) -> str:
    """Flags as they are kept with an application, each once: `code` or `code:application id`, one space apart."""
    kept = (f"{flag.code}:{related}" if related else flag.code for flag in flags for related in flag.related or (None,))
    return " ".join(dict.fromkeys(kept))


def holds_new(flags: str, *, known: str) -> bool:
    """Whether kept flags hold one that `known` ones do not."""
    return not set(flags.split()) <= set(known.split())


def related_applications(flags: Iterable[Flag]) -> tuple[UUID, ...]:
    """All other applications that flags name, each once, in order."""
    return tuple(sorted({identifier for flag in flags for identifier in flag.related}))
