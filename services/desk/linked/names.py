"""What the fields of these pages are called, where one can't be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.message import Language
from libraries.vocabularies.field_names import FIELD_NAMES
from libraries.vocabularies.vocabularies import Words
from services.desk.linked.choices import LISTS

_FIGURE: Final = "figure-"
_NAMES: Final[Mapping[str, Words]] = {
    "held_on": Words(fr="Jour de la rencontre", en="Day of the meeting"),
    "minutes": Words(fr="Durée, en minutes", en="How long, in minutes"),
    "next_step": Words(fr="Prochaine étape", en="Next step"),
    "obstacle_id": Words(fr="Frein", en="Obstacle"),
    "wish": Words(fr="Continuer ou finir", en="Go on or finish"),
    "goals": Words(fr="Ce que vous vouliez faire", en="What you had set out to do"),
    "until": Words(fr="Jour de la reprise", en="Day on which it goes on"),
    "reason": Words(fr="Raison", en="Reason"),
    "kind": Words(fr="Ce qui manque", en="What is missing"),
    "service": Words(fr="Service de la Ville", en="Service of the City"),
    "comment": Words(fr="En quelques mots", en="In a few words"),
    "year": Words(fr="Année", en="Year"),
    "skills": Words(fr="Thèmes connus", en="Themes known"),
    "languages": Words(fr="Langues parlées", en="Languages spoken"),
    "territories": Words(fr="Lieux", en="Places"),
    "slots": Words(fr="Moments de la semaine", en="Times of the week"),
    "capacity": Words(fr="Binômes à la fois, au plus", en="Pairs at one time, at most"),
    "paused_until": Words(fr="Pas de nouveau binôme avant le", en="No new pair before"),
    "role": Words(fr="Votre fonction", en="Your function"),
    "directorate": Words(fr="Direction", en="Directorate"),
    "person.name": Words(fr="Votre nom", en="Your name"),
    "person.email": Words(fr="Votre adresse électronique", en="Your e-mail address"),
    "person.telephone": Words(fr="Votre téléphone", en="Your telephone number"),
    "person.language": Words(fr="Langue de vos messages", en="Language of your mails"),
    "line_manager.name": Words(fr="Nom de votre responsable hiérarchique", en="Name of your line manager"),
    "line_manager.email": Words(fr="Son adresse électronique", en="Their e-mail address"),
    "partner": Words(fr="Nom de l’organisation", en="Name of the organisation"),
    "partner_kind": Words(fr="Quel partenaire", en="What sort of partner"),
    "made_on": Words(fr="Jour de la mise en relation", en="Day of the introduction"),
    "introduction_id": Words(fr="Mise en relation", en="Introduction"),
    "outcome": Words(fr="Suite", en="What came of it"),
    "action": Words(fr="Action", en="Action"),
    "update": Words(fr="Avancement", en="How far it is"),
    "application_id": Words(fr="Projet", en="Project"),
    "applications": Words(fr="Vos candidatures", en="Your applications"),
    "sure": Words(fr="Confirmation", en="Confirmation"),
}


def field_name(name: str, language: Language) -> str:
    """What a field is called, by its name in the page's form."""
    if name.startswith(_FIGURE) and (words := LISTS["figures"].get(name.removeprefix(_FIGURE))):
        return words.in_language(language)
    known = _NAMES.get(name)
    return FIELD_NAMES.name(name, language) if known is None else known.in_language(language)
