"""Needs: the register as somebody owns it; declared, revised after a review, and closed; and who stands in for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, get_args
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.message import Reason
from contracts.needs import Coverage, NeedClosed, NeedDeclared, NeedRevised, Salience
from contracts.typed import DeclaredPerson
from libraries.pages.asking import Fields, Refused, one
from libraries.pages.reader import Reader
from libraries.pages.signing import Ticket
from libraries.places.territories import TERRITORIES
from libraries.typed.slip import Asked
from libraries.typed.words import reasons_of
from libraries.vocabularies.vocabularies import VOCABULARIES, Words, called
from services.desk.again import FIRST, Again
from services.desk.linked.given import Given
from services.desk.pages.deputies import Deputies
from services.desk.premises import Premises, new_id, person_of, told
from services.desk.reasons import CLOSING
from services.matching import operations as matching
from services.matching.operations import RegisteredNeed

_LISTS: Final = ("themes", "publics", "territories")
_LINES: Final = ("title", "coverage", "salience", "capacity", "directorate", "strategic_axis", "review_on")
_TEXTS: Final = ("description", "evidence")
_CHOSEN: Final[Mapping[str, Sequence[str]]] = {"coverage": get_args(Coverage), "salience": get_args(Salience)}
_MOST_CHOSEN: Final = 100
_MOST_TEXT_CHARACTERS: Final = 20_000


class Needs:
    """Lists the needs of who is signed in (of all for heads of the programme), and takes the whole form of one."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self.routes = [
            Route("/needs", premises.shown(self._list, "decide"), methods=["GET"]),
            Route("/needs/new", premises.shown(self._blank, "decide"), methods=["GET"]),
            Route("/needs/new", premises.taken(self._declare, "decide"), methods=["POST"]),
            Route("/needs/{need_id:uuid}", premises.shown(self._show, "decide"), methods=["GET"]),
            Route("/needs/{need_id:uuid}/revise", premises.taken(self._revise, "decide"), methods=["POST"]),
            Route("/needs/{need_id:uuid}/close", premises.taken(self._close, "decide", self._show), methods=["POST"]),
            *Deputies(premises, self._list).routes,
        ]

    async def _list(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        person_id, now = person_of(reader), self._premises.programme_clock()
        async with self._premises.database.within("matching") as connection:
            owners = [person_id, *await matching.find_deputised(connection, person_id, at=now)]
            needs = await matching.find_needs(connection, None)
            deputy = await matching.find_deputy(connection, person_id, at=now)
        others = [need for need in needs if need.owner_id not in owners]
        values: dict[str, Any] = {
            "mine": [need for need in needs if need.owner_id in owners],
            "others": others if reader.has("programme-head") else [],
            "deputy": deputy,
            "owners": _owners(others),
            "problem": again.problem,
            "typed": again.all_typed,
        }
        return self._premises.rendering.page(reader, "needs.html", here="needs", status=again.status, **values)

    async def _blank(self, request: Request, reader: Reader) -> Response:
        async with self._premises.database.within("matching") as connection:
            known = len(await matching.find_needs(connection, None))
        # Given with the page, so that the form that is sent twice declares one need.
        need_id = new_id(person_of(reader), "need", known, self._premises.programme_clock())
        return self._form(reader, need_id, None, {"directorate": _directorate(reader)})

    async def _show(self, request: Request, reader: Reader, again: Again = FIRST) -> Response:
        need = await self._found(request)
        return self._form(reader, need.need_id, need, need.content.model_dump(mode="json"), again=again)

    async def _declare(self, request: Request, reader: Reader, fields: Fields) -> Response:
        try:
            need_id = UUID(one(fields, "need_id", 36))
        except ValueError:
            raise Refused(422, "Ouvrez le formulaire de nouveau.", "Open the form anew.") from None
        return await self._taken(reader, fields, need_id, None)

    async def _revise(self, request: Request, reader: Reader, fields: Fields) -> Response:
        need = await self._found(request)
        return await self._taken(reader, fields, need.need_id, need)

    async def _close(self, request: Request, reader: Reader, fields: Fields) -> Response:
        need = await self._found(request)
        self._check_theirs(reader, need)
        reason = Given(fields).choice("reason", CLOSING)
        data = NeedClosed(need_id=need.need_id, closed_at=self._premises.programme_clock(), reason=reason)
        return await self._premises.say(reader, data, seen=one(fields, "seen", 100))

    async def _taken(self, reader: Reader, fields: Fields, need_id: UUID, need: RegisteredNeed | None) -> Response:
        if need is not None:
            self._check_theirs(reader, need)
        given = _given(fields)
        now = self._premises.programme_clock()
        # What is not chosen is told with all else: what the form says in its place, nobody is told of.
        open_ones = [name for name, codes in _CHOSEN.items() if given[name] not in codes]
        content = {**given, **{name: _CHOSEN[name][0] for name in open_ones}}
        try:
            owner = _owner(reader, need, fields)
            form = _form_of({**content, "need_id": need_id, "owner": owner}, now, is_known=need is not None)
        except ValidationError as error:
            raise told(error) from None
        unanswered = reasons_of(Asked("code-unclear", name, {}) for name in open_ones)
        if problems := (*matching.problems_of(form, now), *unanswered):
            return self._form(reader, need_id, need, given, problems=problems, fields=fields)
        return await self._premises.say(reader, form, seen=one(fields, "seen", 100))

    def _form(
        self,
        reader: Reader,
        need_id: UUID,
        need: RegisteredNeed | None,
        given: Mapping[str, Any],
        *,
        problems: tuple[Reason, ...] = (),
        fields: Fields | None = None,
        again: Again = FIRST,
    ) -> Response:
        assert reader.session is not None
        values: dict[str, Any] = {
            "need_id": need_id,
            "need": need,
            "given": {**dict.fromkeys((*_LINES, *_TEXTS, *_LISTS)), **given},
            "problems": problems,
            "wrong": {(reason.field or "").split("[")[0]: reason for reason in problems},
            "owner_name": one(fields, "owner_name", _MOST_TEXT_CHARACTERS) if fields else _name_of(reader.session),
            "owner_email": one(fields, "owner_email", _MOST_TEXT_CHARACTERS) if fields else "",
            "is_theirs": need is None or self._is_theirs(reader, need),
            "terms": VOCABULARIES,
            "theme_terms": _terms(reader, VOCABULARIES.themes, given.get("themes")),
            "public_terms": _terms(reader, VOCABULARIES.publics, given.get("publics")),
            "places": _places(reader, given.get("territories")),
            "closing": CLOSING,
            "again": again,
        }
        status = 422 if problems else again.status
        return self._premises.rendering.page(reader, "need.html", here="needs", status=status, **values)

    def _is_theirs(self, reader: Reader, need: RegisteredNeed) -> bool:
        return need.owner_id == person_of(reader) or reader.has("programme-head")

    def _check_theirs(self, reader: Reader, need: RegisteredNeed) -> None:
        if not self._is_theirs(reader, need):
            raise Refused(
                403,
                "Ce besoin est celui d’une autre personne\u00a0: elle seule, ou un responsable du programme, "
                "le change.",
                "This need is somebody else’s: they alone, or a head of the programme, change it.",
            )

    async def _found(self, request: Request) -> RegisteredNeed:
        async with self._premises.database.within("matching") as connection:
            need = await matching.find_need(connection, request.path_params["need_id"])
        if need is None:
            raise Refused(404, "Ce besoin n’est pas au registre.", "This need is not in the register.")
        return need


def _form_of(content: Mapping[str, Any], now: datetime, *, is_known: bool) -> NeedDeclared | NeedRevised:
    if is_known:
        return NeedRevised.model_validate({**content, "revised_at": now})
    return NeedDeclared.model_validate({**content, "declared_at": now})


def _owner(reader: Reader, need: RegisteredNeed | None, fields: Fields) -> DeclaredPerson:
    """Who is signed in; who owns it already, where a head of the programme revises it in their place."""
    return DeclaredPerson(
        person_id=person_of(reader) if need is None else need.owner_id,
        name=one(fields, "owner_name", _MOST_TEXT_CHARACTERS) or None,
        email=one(fields, "owner_email", _MOST_TEXT_CHARACTERS) or None,
        language=reader.language,
    )


def _given(fields: Fields) -> dict[str, Any]:
    """What somebody typed, as the form's contract has it; what they left empty says nothing."""
    for name in _LISTS:
        if len(fields.get(name, ())) > _MOST_CHOSEN:
            raise Refused(422, f"Trop de choix\u00a0: {name}.", f"Too many choices: {name}.")
    return {
        **{name: one(fields, name, _MOST_TEXT_CHARACTERS) or None for name in _LINES},
        **{name: one(fields, name, _MOST_TEXT_CHARACTERS) for name in _TEXTS},
        **{name: [value[:100] for value in fields.get(name, ())] for name in _LISTS},
    }


def _name_of(session: Ticket) -> str:
    """Whom a form begins with; who came by a link has no name here, and types it."""
    return session.who if session.matter_id is None else ""


def _directorate(reader: Reader) -> str | None:
    return None if reader.session is None else reader.session.directorate


def _terms(reader: Reader, terms: Mapping[str, Words], given: Sequence[str] | None) -> list[tuple[str, str]]:
    known = [(code, words.in_language(reader.language)) for code, words in terms.items()]
    return _with_others(reader, known, given)


def _places(reader: Reader, given: Sequence[str] | None) -> list[tuple[str, str]]:
    """The territories that a need may name: the whole city, its arrondissements and its zones."""
    places = (TERRITORIES.whole_city, *TERRITORIES.arrondissements, *TERRITORIES.zones)
    known = [(place.code, place.label_fr if reader.language == "fr" else place.label_en) for place in places]
    return _with_others(reader, known, given)


def _with_others(reader: Reader, known: list[tuple[str, str]], given: Sequence[str] | None) -> list[tuple[str, str]]:
    """With what another form named, such as a neighbourhood: a revision says all of a need, and must not lose it."""
    codes = {code for code, _ in known}
    return [*known, *((code, called(code, reader.language)) for code in given or () if code not in codes)]


def _owners(needs: Iterable[RegisteredNeed]) -> list[tuple[UUID, list[str]]]:
    """Who owns needs that are not closed, each by the titles of theirs: names are not known here."""
    titles: dict[UUID, list[str]] = {}
    for need in needs:
        if need.state != "closed":
            titles.setdefault(need.owner_id, []).append(need.content.title)
    return sorted(titles.items(), key=lambda each: each[1])
