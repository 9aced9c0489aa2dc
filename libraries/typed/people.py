"""People as they are typed into a form, and as contacts have them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from contracts.contacts import ContactPublished, ContactRole, contact_id_of
from contracts.message import MOST_SHORT_CHARACTERS, Language
from contracts.typed import DeclaredPerson
from libraries.typed import addresses, texts
from libraries.typed.slip import Reading, Slip, Typed, plain


class ReadPerson(NamedTuple):
    """A person whose address could be read."""

    person_id: UUID
    name: str
    email: str
    telephone: str | None
    language: Language

    def contact(self, role: ContactRole) -> ContactPublished:
        """How to reach them in a role."""
        contact_id = contact_id_of(role, self.person_id)
        return ContactPublished(contact_id=contact_id, role=role, **self._asdict())


def read_person(declared: DeclaredPerson, field: str, reading: Reading) -> ReadPerson | None:
    """A person as a form has them under a field; None where there is no address to write to."""
    name = reading.read(f"{field}.name", _name, declared.name)
    email = reading.read(f"{field}.email", _email, declared.email)
    telephone = reading.read(f"{field}.telephone", addresses.telephone, declared.telephone)
    if email is None:
        return None
    # Whose name is asked for can be written to, by the name that their address is: as far as a name may go.
    return ReadPerson(
        declared.person_id, name or email[:MOST_SHORT_CHARACTERS], email, telephone, texts.language(declared.language)
    )


def _name(typed: Typed) -> str:
    if not plain(typed):
        raise Slip("name-missing")
    return texts.required(typed, most=MOST_SHORT_CHARACTERS)


def _email(typed: Typed) -> str:
    email = addresses.email(typed)
    if email is None:
        raise Slip("email-missing")
    return email
