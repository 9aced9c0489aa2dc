"""Which undecided records somebody means: some by their ids, or all that have something in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from contracts.catalogue import SERVICES
from libraries.chassis.repairs import Selection
from libraries.pages.asking import Fields, Refused, one

_COMMON: Final = ("state", "reason", "topic", "type", "source")
_MOST_IDS: Final = 2_000
_MOST_REASON_CHARACTERS: Final = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection of one service's records."""

    service: str
    selection: Selection

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What a form or an address carries to choose the same again."""
        common = [(name, value) for name in _COMMON if (value := getattr(self.selection, name)) is not None]
        ids = [("id", str(each)) for each in self.selection.ids or ()]
        return [("service", self.service), *common, ("before", self.selection.before.isoformat()), *ids]

    @property
    def address(self) -> str:
        """Where the selection is shown, without its ids: so many fit into no address."""
        return "/repair/selection?" + urlencode([pair for pair in self.fields if pair[0] not in ("id", "before")])

    @property
    def said(self) -> str:
        """The selection in one line, for the audit."""
        return f"{self.service}: {self.selection.said}"


def chosen_in(fields: Fields, now: datetime) -> Chosen:
    """The filter in an address; raises Refused for a service that is none."""
    service = one(fields, "service")
    if service not in SERVICES:
        known = ", ".join(SERVICES)
        raise Refused(
            422, f"Il n’y a pas de service {service}\u00a0: {known}.", f"There is no service {service}: {known}."
        )
    common: dict[str, Any] = {name: one(fields, name) if name in fields else None for name in _COMMON}
    return Chosen(service, Selection(before=_moment(fields, now), ids=None, **common))


def chosen_of(fields: Fields, now: datetime) -> Chosen:
    """The selection in a form: where it says `these`, the records that were ticked, else all of the filter."""
    chosen = chosen_in(fields, now)
    if one(fields, "these") != "ticked":
        given = fields.get("id")
    else:
        given = fields.get("id", [])
        if not given:
            raise Refused(422, "Cochez au moins un message.", "Tick one record at least.")
    if given is None:
        return chosen
    if len(given) > _MOST_IDS:
        raise Refused(422, f"Au plus {_MOST_IDS} messages à la fois.", f"At most {_MOST_IDS} records at a time.")
    try:
        ids = tuple(UUID(each) for each in given)
    except ValueError:
        raise Refused(422, "Un identifiant de message est illisible.", "The id of a record can't be read.") from None
    return Chosen(chosen.service, Selection(before=chosen.selection.before, ids=ids))


def reason_in(fields: Fields) -> str:
    """Why somebody decides so; raises Refused where they don't say."""
    if why := one(fields, "why", _MOST_REASON_CHARACTERS):
        return why
    raise Refused(422, "Dites pourquoi\u00a0: c’est gardé avec la décision.", "Say why: it is kept with the decision.")


def _moment(fields: Fields, now: datetime) -> datetime:
    text = one(fields, "before")
    try:
        given = datetime.fromisoformat(text) if text else now
    except ValueError:
        given = now
    # A time without a zone is nobody's; nothing is chosen that is yet to come.
    return min(given, now) if given.tzinfo is not None else now
