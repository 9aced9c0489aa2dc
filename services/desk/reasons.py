"""Why people decide as they do: codes with their words, as the programme's mails tell them to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Code
from libraries.programme.running import programme
from libraries.vocabularies.vocabularies import Words


class _File(BaseModel):
    # Other lists of the file are for mails alone.
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=lambda name: name.replace("_", "-"))

    decline_reasons: Annotated[Mapping[Code, Words], Field(min_length=1)]
    criteria: Annotated[Mapping[Code, Words], Field(min_length=1)]


_WORDS: Final = programme().read("mails/words.toml", _File)

DECLINING: Final[Mapping[str, Words]] = _WORDS.decline_reasons
"""Why an officer declines a project, or takes back that they confirmed it: the applicant is told in these words."""

CRITERIA: Final[Mapping[str, Words]] = _WORDS.criteria
"""What the jury of the contest marks."""

PLACING: Final[Mapping[str, Words]] = {
    "agreed-in-committee": Words(fr="décidé en comité", en="agreed in committee"),
    "known-on-the-ground": Words(fr="connu et attendu sur le terrain", en="known and awaited on the ground"),
    "wish-of-the-association": Words(fr="souhait de l’association", en="the association’s wish"),
    "not-compatible": Words(fr="ne va pas avec ce qui existe déjà", en="does not go with what is there already"),
    "changed": Words(fr="la situation a changé", en="the situation has changed"),
}
"""Why somebody pins, forbids, or lifts either: kept with the decision, and told to nobody else."""

CLOSING: Final[Mapping[str, Words]] = {
    "answered": Words(fr="le besoin a trouvé sa réponse", en="the need has found its answer"),
    "need-changed": Words(fr="le besoin a changé", en="the need has changed"),
    "no-capacity": Words(fr="le service n’en a plus les moyens", en="the service lacks the means for it now"),
}
"""Why a need is closed."""

DROPPING: Final[Mapping[str, Words]] = {
    "not-needed": Words(fr="le projet n’en a pas besoin", en="the project does not need it"),
    "done-otherwise": Words(fr="cela s’est fait autrement", en="it was done otherwise"),
    "no-means": Words(fr="le service n’en a pas les moyens", en="the service lacks the means for it"),
}
"""Why an action of a support plan is dropped."""

ABANDONING: Final[Mapping[str, Words]] = {
    "outside-the-city": Words(fr="cela ne dépend pas de la Ville", en="it is not in the City’s hands"),
    "no-budget": Words(fr="il n’y a pas de budget", en="there is no budget"),
    "no-longer-needed": Words(fr="ce n’est plus nécessaire", en="it is no longer necessary"),
}
"""Why an obstacle is given up."""
