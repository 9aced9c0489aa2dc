"""What people learn by mail, as both plays know it: by reading the mail, or by the follow-up that says that it left."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

About: TypeAlias = Literal["project", "need", "mentor"]


class Heard(NamedTuple):
    """A mail: of which kind, to which address, and what it is about; `again` where it is a reminder, and after how many
    years it asks what a project has changed."""

    kind: str
    to: str
    project: str = ""
    need: str = ""
    mentor: str = ""
    year: int = 0
    again: bool = False


class Kind(NamedTuple):
    """How people know a mail by the beginning of its subject, and what it names that they look for."""

    subject: str
    about: frozenset[About]
    party: Literal["lead", "mentor", "owner", "service", ""] = ""


_PROJECT: Final[frozenset[About]] = frozenset({"project"})
_NEED: Final[frozenset[About]] = frozenset({"need"})
_BOTH: Final[frozenset[About]] = frozenset({"project", "need"})
_MENTOR: Final[frozenset[About]] = frozenset({"mentor"})

KINDS: Final[dict[str, Kind]] = {
    "acknowledgement": Kind("Votre candidature est bien enregistrée", _PROJECT),
    "correction-request": Kind("Il manque quelques informations à votre candidature", _PROJECT),
    "rejection": Kind("Votre candidature ne peut pas être retenue", _PROJECT),
    "assignment-proposal": Kind("Un projet répond à votre besoin", _BOTH),
    "assignment-confirmation": Kind("La Ville de Marseille retient votre projet", _BOTH),
    "clearance-by-line-manager": Kind("Votre autorisation est demandée", _MENTOR),
    "clearance-by-line-manager-anew": Kind("Renouveler votre autorisation", _MENTOR),
    "clearance-by-ethics-officer": Kind("Vérification déontologique", _MENTOR),
    "pair-offer": Kind("Accompagner un projet à Marseille", _PROJECT),
    "pair-offer-to-lead": Kind("Un mentor vous est proposé", _PROJECT),
    "introduction-to-lead": Kind("Votre binôme est formé", _PROJECT, "lead"),
    "introduction-to-mentor": Kind("Votre binôme est formé", _PROJECT, "mentor"),
    "fit-check-to-lead": Kind("Votre binôme vous convient-il", _PROJECT, "lead"),
    "fit-check-to-mentor": Kind("Votre binôme vous convient-il", _PROJECT, "mentor"),
    "pair-nudge-to-lead": Kind("Des nouvelles de votre binôme", _PROJECT, "lead"),
    "pair-nudge-to-mentor": Kind("Des nouvelles de votre binôme", _PROJECT, "mentor"),
    "pair-not-meeting": Kind("Un binôme ne se voit plus", _PROJECT),
    "review-to-lead": Kind("L’heure du bilan", _PROJECT, "lead"),
    "review-to-mentor": Kind("L’heure du bilan", _PROJECT, "mentor"),
    "pair-end-to-lead": Kind("Votre binôme a pris fin", _PROJECT, "lead"),
    "pair-end-to-mentor": Kind("Votre binôme a pris fin", _PROJECT, "mentor"),
    "impact-baseline": Kind("D’où partez-vous", _PROJECT),
    "impact-year": Kind("Ce que votre projet a changé", _PROJECT),
    "obstacle-opened": Kind("Un frein à lever", _PROJECT, "owner"),
    "obstacle-opened-to-service": Kind("Un frein à lever", _PROJECT, "service"),
    "obstacle-late": Kind("Un frein n’est pas levé", _PROJECT, "owner"),
    "obstacle-late-to-service": Kind("Un frein n’est pas levé", _PROJECT, "service"),
    "need-review": Kind("Un besoin est à réexaminer", _NEED),
}
"""The kinds of mail after which somebody in the script does something, or might."""

DIGEST: Final = "Cette semaine, les projets que vous suivez"
YEARS: Final = {"Il y a un an": 1, "Il y a deux ans": 2, "Il y a trois ans": 3}
"""By which words a mail says after how many years it asks."""
REMINDER: Final = "Nous vous avons déjà écrit à ce sujet."
"""What a reminder begins with."""
