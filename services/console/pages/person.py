"""A person: how they are reached in one role, for who says why they look; each look is in the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.contacts import ContactRole, contact_id_of
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from services.console import store
from services.console.pages.selections import reason_in
from services.console.premises import Premises
from services.journal.journeys.words import Words

ROLES: Final[Mapping[str, Words]] = {
    "lead": Words(fr="responsable de projet", en="lead of a project"),
    "mentor": Words(fr="mentor", en="mentor"),
    "owner": Words(fr="référent d’un besoin", en="owner of a need"),
    "line-manager": Words(fr="supérieur d’un mentor", en="line manager of a mentor"),
}


class Person:
    """Finds in which roles somebody is reached; shows how, in one of them, and notes the look before that."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/person", premises.shown(self._find, "person"), methods=["GET"]),
            Route("/person", premises.taken(self._look, "person"), methods=["POST"]),
        ]

    async def _find(self, request: Request, reader: Reader) -> Response:
        asked, role = request.query_params.get("id", "").strip()[:100], request.query_params.get("role")
        identifier = _id(asked)
        found: Sequence[Any] = ()
        looks: Sequence[Any] = ()
        if identifier is not None:
            async with self._premises.database.within() as connection:
                found = await store.find_contacts(connection, contact_ids(identifier))
                if len(found) == 1:
                    looks = await store.read_looks(connection, found[0]["contact_id"])
        return self._premises.rendering.page(
            reader,
            "person.html",
            here="person",
            status=404 if asked and not found else 200,
            asked=asked,
            role=role,
            found=found,
            looks=looks,
        )

    async def _look(self, request: Request, reader: Reader, fields: Fields) -> Response:
        contact_id, why = _id(one(fields, "contact_id")), reason_in(fields)
        if contact_id is None:
            raise Refused(422, "Choisissez un rôle.", "Choose a role.")
        assert reader.session is not None
        async with self._premises.database.within() as connection:
            found = await store.find_contacts(connection, [contact_id])
            if not found:
                raise _gone()
            line = await store.write_down(
                connection,
                reader.session,
                self._premises.clock(),
                "look",
                found[0]["role"],
                why=why,
                contact_id=contact_id,
            )
            # Not in a transaction with it: only a line that stays shows anything.
            contact = await store.look_at_contact(connection, line)
        if contact is None:
            raise _gone()
        self._premises.log.info("somebody looked at a person", action="look", role=contact["role"])
        return self._premises.rendering.page(reader, "contact.html", here="person", contact=contact, why=why)


def contact_ids(identifier: UUID) -> list[UUID]:
    """The contacts that an id may mean: itself, or those of a person in every role."""
    return [identifier, *(contact_id_of(role, identifier) for role in get_args(ContactRole))]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _gone() -> Refused:
    return Refused(
        404,
        "Personne n’est joignable ainsi\u00a0: ce contact n’existe pas, ou a été effacé.",
        "Nobody is reached so: there is no such contact, or it was erased.",
    )
