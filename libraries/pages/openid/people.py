"""Who somebody is to the pages, by what a provider says of them: a file of the city, and nothing that is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, Literal, Self
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from libraries.pages.openid.tokens import Claims
from libraries.pages.signing import MOST_NAME_CHARACTERS, Role

_MOST_PEOPLE: Final = 5_000
_MOST_VALUES: Final = 500
_NAMES: Final = (("name",), ("given_name", "usual_name"), ("given_name", "family_name"), ("preferred_username",))
"""By which claims somebody is shown, the first that are there; `usual_name` is ProConnect's."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Entitled(_Strict):
    roles: tuple[Role, ...] = Field(min_length=1, description="What they are: reader, officer, programme-head, …")
    directorate: str | None = Field(
        default=None, pattern=r"^[a-z0-9-]{1,100}$", description="The code of the directorate that they belong to"
    )

    @model_validator(mode="after")
    def _check_directorate(self) -> Self:
        if "officer" in self.roles and self.directorate is None:
            raise ValueError("an officer is one of a directorate: name it")
        return self


class Person(_Entitled):
    """One person by what only they have at the provider, and who they are to the programme."""

    subject: str | None = Field(default=None, min_length=1, max_length=255, description="Their `sub` at the provider")
    mail: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="Their mail there")
    name: str | None = Field(default=None, min_length=1, max_length=MOST_NAME_CHARACTERS, description="Shown as")
    person_id: UUID | None = Field(default=None, strict=False, description="Their id in the programme's events")

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.subject is None) == (self.mail is None):
            raise ValueError("a person is known by one of subject and mail")
        return self


class Group(_Entitled):
    """All of whom a claim says the same; what it lists is looked at one by one."""

    claim: str = Field(min_length=1, max_length=100)
    value: str = Field(min_length=1, max_length=1_000)


class People(_Strict):
    """The file of `ENGAGE_OIDC_ROLES_FILE`: who is let in, and as what."""

    model_config = ConfigDict(hide_input_in_errors=True)

    version: Literal[1]
    mail_is_verified: bool = Field(
        default=False, description="The provider vouches for every mail that it tells, as ProConnect does"
    )
    required: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="Claims that everybody must have, each with one of these values"
    )
    people: tuple[Person, ...] = Field(default=(), max_length=_MOST_PEOPLE)
    groups: tuple[Group, ...] = Field(default=(), max_length=_MOST_PEOPLE)

    @model_validator(mode="after")
    def _check_once(self) -> Self:
        first: dict[str, int] = {}
        for place, person in enumerate(self.people, start=1):
            known = person.subject or str(person.mail).casefold()
            # By their places: who they are is nothing for a log.
            if first.setdefault(known, place) != place:
                raise ValueError(
                    f"people {first[known]} and {place} are one: give them one entry, with all their roles"
                )
        return self


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is let in, and by which entries: `entitled_by` has what `entitlements` calls them."""

    subject: str
    name: str
    roles: tuple[Role, ...]
    person_id: UUID | None
    directorate: str | None
    entitled_by: tuple[str, ...]


def entitlements(people: People) -> frozenset[str]:
    """What a file calls each of its entries: another name where an entry says anything else, or is asked for more."""
    return frozenset(_called(each, people) for each in (*people.people, *people.groups))


def known_as(people: People, claims: Claims) -> Known | None:
    """Who somebody is by their claims; None for whom nothing in the file lets in."""
    if not all(_has(claims, claim, allowed) for claim, allowed in people.required.items()):
        return None
    person = next((each for each in people.people if _is(each, claims, people.mail_is_verified)), None)
    found: list[_Entitled] = [person] if person else []
    found += [group for group in people.groups if _has(claims, group.claim, [group.value])]
    if not found:
        return None
    directorates = [each.directorate for each in found if each.directorate]
    return Known(
        subject=str(claims["sub"]),
        name=(person.name if person else None) or _shown(claims),
        roles=tuple(dict.fromkeys(role for each in found for role in each.roles)),
        person_id=person.person_id if person else None,
        directorate=directorates[0] if directorates else None,
        entitled_by=tuple(_called(each, people) for each in found),
    )


def _called(entry: _Entitled, people: People) -> str:
    # A digest, since what it says of somebody stands in no session.
    asked = people.model_dump(mode="json", include={"mail_is_verified", "required"})
    said = orjson.dumps([asked, entry.model_dump(mode="json")], option=orjson.OPT_SORT_KEYS)
    return blake2b(said, digest_size=16).hexdigest()


def _is(person: Person, claims: Claims, mail_is_verified: bool) -> bool:
    if person.subject is not None:
        return bool(claims.get("sub") == person.subject)
    mail = claims.get("email")
    # Whoever may write any address there would be anybody.
    trusted = mail_is_verified or claims.get("email_verified") is True
    return trusted and isinstance(mail, str) and mail.casefold() == str(person.mail).casefold()


def _has(claims: Claims, claim: str, allowed: Sequence[str]) -> bool:
    return any(value in allowed for value in _values(claims.get(claim)))


def _values(told: Any) -> Iterator[str]:
    """A claim's texts: it, or those of its list; numbers (a SIRET, some say) as they are written."""
    for each in told[:_MOST_VALUES] if isinstance(told, list) else [told]:
        if isinstance(each, str) or (isinstance(each, int) and not isinstance(each, bool)):
            yield str(each)


def _shown(claims: Claims) -> str:
    for names in _NAMES:
        given = [claims.get(name) for name in names]
        if all(isinstance(each, str) and each.strip() for each in given):
            text = " ".join(" ".join(map(str, given)).split())
            return _printable(text)
    return _printable(str(claims["sub"]))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:MOST_NAME_CHARACTERS] or "?"
