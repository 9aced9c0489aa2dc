"""An application corrected behind its lead's link: the form with what anybody may know, and the event that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.applications import ApplicationCorrected
from contracts.declared import DeclaredOrganisation, DeclaredProject
from contracts.message import MOST_LONG_CHARACTERS, MOST_SHORT_CHARACTERS, MOST_TAGS, MOST_TERRITORIES, Language
from contracts.typed import DeclaredPerson
from contracts.unpublished import UNPUBLISHED
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.choices import ListName
from services.desk.linked.given import Given, Unclear, taken
from services.desk.linked.matters import Matter
from services.intake import operations as intake

Shape: TypeAlias = Literal["line", "lines", "day", "number", "one-of", "some-of", "yes-no", "email", "labels"]


class FormField(NamedTuple):
    """A field of the form, by its path in an application; `list` is what one chooses from."""

    path: str
    shape: Shape = "line"
    is_required: bool = False
    list: ListName | None = None


FIELDS: Final = (
    FormField("organisation.name", is_required=True),
    FormField("organisation.siren"),
    FormField("organisation.siret"),
    FormField("organisation.rna"),
    FormField("organisation.legal_form", "one-of", list="legal-forms"),
    FormField("organisation.commune"),
    FormField("organisation.published_on", "day"),
    FormField("organisation.esus_approved_on", "day"),
    FormField("organisation.operating_income_eur", "number"),
    FormField("organisation.income_year", "number"),
    FormField("organisation.laureate", "yes-no"),
    FormField("organisation.laureate_year", "number"),
    FormField("project.title", is_required=True),
    FormField("project.summary", "lines"),
    FormField("project.themes", "some-of", list="themes"),
    FormField("project.publics", "some-of", list="publics"),
    FormField("project.territories", "labels"),
    FormField("project.spread_within_years", "number"),
    FormField("lead.name", is_required=True),
    FormField("lead.email", "email", is_required=True),
    FormField("lead.telephone"),
    FormField("lead.language", "one-of"),
    FormField("texts_public", "yes-no", is_required=True),
)
"""Every field of an application that its lead fills in, but the members of a coalition."""

CONSENT: Final = "consent"
YES_NO: Final = ("yes", "no")
_BETWEEN_LABELS: Final = ","
_POSITION: Final = re.compile(r"\.\d+$")
_TRUTH: Final = {"yes": True, "no": False}


def is_corrected_here(matter: Matter) -> bool:
    """Whether the form holds all of an application: not of a coalition, whose members nobody else may know."""
    return not matter.facts.get("members")


def known(matter: Matter) -> dict[str, Any]:
    """What the form begins with: what intake said of the application in public, by the fields' paths."""
    facts = matter.facts
    found = {f"organisation.{name}": value for name, value in facts.get("organisation", {}).items()}
    found |= {f"project.{name}": value for name, value in facts.get("project", {}).items()}
    found.setdefault("project.title", facts.get("project_title"))
    return {field.path: found[field.path] for field in FIELDS if found.get(field.path) not in (None, "", UNPUBLISHED)}


def corrected(matter: Matter, lead_id: UUID, given: Given, now: datetime) -> ApplicationCorrected:
    """The correction that a form makes; raises Unclear for all that is missing, and that intake could not read.

    Intake would ask that back by mail, and the form would have to be written once more: it shows nothing that is not
    public.
    """
    if not is_corrected_here(matter):
        raise Unclear(CONSENT, _COALITION)
    values, whys = taken(
        {field.path: partial(_value, field, given) for field in FIELDS} | {CONSENT: partial(_consent, given)}
    )
    form = _form(matter, lead_id, values, now)
    unread = {
        _POSITION.sub("", each.field or ""): Words(fr=each.fr, en=each.en) for each in intake.problems_of(form, now)
    }
    if unread or whys:
        raise Unclear.of(dict(sorted({**unread, **whys}.items(), key=_place)))
    return form


def _form(matter: Matter, lead_id: UUID, values: Mapping[str, object], now: datetime) -> ApplicationCorrected:
    return ApplicationCorrected(
        application_id=matter.id,
        track=matter.facts["track"],
        # The first word of it is of the moment at which its form was sent.
        submitted_at=min(each.at for each in matter.told if each.entity == "application"),
        organisation=DeclaredOrganisation.model_validate(_below("organisation", values.items())),
        project=DeclaredProject.model_validate(_below("project", values.items())),
        lead=DeclaredPerson.model_validate({"person_id": lead_id, **_below("lead", values.items())}),
        consent=True,
        texts_public=values.get("texts_public") is True,
        corrected_at=now,
    )


def _place(why: tuple[str, Words]) -> int:
    """Where a field stands in the form; what is no field of it is told last."""
    paths = [field.path for field in FIELDS]
    return paths.index(why[0]) if why[0] in paths else len(paths)


def wanted(reasons: Iterable[Mapping[str, Any]], language: Language) -> dict[str, str]:
    """What intake asks back, by the path of the form's field that it is about."""
    return {_POSITION.sub("", each["field"]): each[language] for each in reasons if each.get("field")}


def _consent(given: Given) -> bool:
    if given.text(CONSENT, most=MOST_SHORT_CHARACTERS) != YES_NO[0]:
        raise Unclear(CONSENT, _CONSENT)
    return True


def _value(field: FormField, given: Given) -> object:
    if field.shape == "some-of":
        return given.texts(field.path, most=MOST_TAGS)
    most = MOST_LONG_CHARACTERS if field.shape in ("lines", "labels") else MOST_SHORT_CHARACTERS
    value = given.text(field.path, most=most, required=field.is_required)
    match field.shape:
        case "lines":
            return value or ""
        case "labels":
            labels = [label.strip() for label in (value or "").split(_BETWEEN_LABELS) if label.strip()]
            if len(labels) > MOST_TERRITORIES:
                raise Unclear(field.path, Words(fr=f"{MOST_TERRITORIES} au plus", en=f"at most {MOST_TERRITORIES}"))
            return tuple(labels)
        case "yes-no":
            return _TRUTH[given.choice(field.path, YES_NO)] if field.is_required else _TRUTH.get(value or "")
        case _:
            return value


def _below(entity: str, values: Iterable[tuple[str, object]]) -> Mapping[str, object]:
    found = ((path.partition(".")[0], path.partition(".")[2], value) for path, value in values)
    return {name: value for whose, name, value in found if whose == entity and value is not None}


_COALITION: Final = Words(
    fr="une coalition se corrige avec le formulaire dont elle est venue",
    en="a coalition is corrected with the form that it came from",
)
_CONSENT: Final = Words(
    fr="sans votre accord, nous ne pouvons pas examiner votre candidature",
    en="without your consent we can't examine your application",
)
