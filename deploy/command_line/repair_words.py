"""What is said in French and in English of records that were set aside, and of what was decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from contracts.message import Language
from libraries.chassis.repairs import Outcome, Progress

_STATES: Final[Mapping[str, str]] = {
    "dead": "à décider",
    "waiting": "attend",
    "behind": "derrière un autre",
    "replayed": "rejoué",
    "discarded": "écarté",
    "replaced": "remplacé",
}
_DECISIONS: Final[Mapping[str, str]] = {"replay": "rejouer", "discard": "écarter", "replace": "remplacer"}
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    "asked": "à faire",
    "committed": "traités",
    "dead-again": "encore refusés",
    "waits": "en attente",
    "stopped": "arrêtés avant",
    "replaced": "remplacés",
    "discarded": "écartés",
    "undone": "de nouveau à décider",
    "gone": "dont rien n’est plus gardé",
}


def say(language: Language, french: str, english: str) -> str:
    """What a person who speaks it is told."""
    return french if language == "fr" else english


def state_of(row: Mapping[str, Any], language: Language) -> str:
    """In which state a record is, with the code that `--state` takes, what was asked for and who looks at it."""
    code = row["state"]
    state = say(language, f"{_STATES[code]} ({code})", code)
    if asked := row["requested"]:
        return state + say(language, f", à {_DECISIONS[asked]}", f" ({asked} requested)")
    if row["claimed_by"] and row["claimed_until"] > datetime.now(UTC):
        return state + say(language, f", {row['claimed_by']} s’en occupe", f" ({row['claimed_by']} looks at it)")
    return state


def looked_at(row: Mapping[str, Any], language: Language) -> str:
    """Who looks at how many of a group; nothing where nobody does."""
    if not row["claimed"]:
        return ""
    others = row["claimants"] - 1
    more = say(language, f" et {others} de plus", f" and {others} more") if others else ""
    who = f"{row['claimed_by']}{more}"
    return say(language, f" ; {row['claimed']} dont s’occupe {who}", f"; {who} looks at {row['claimed']}")


def what_was_decided(decision: str, records: int, service: str, language: Language) -> str:
    """A decision on so many records of a service."""
    return say(
        language, f"{_DECISIONS[decision]} {records} messages de {service}", f"{decision} {records} of {service}"
    )


def what_became(done: Progress, language: Language) -> str:
    """What became of the records of a repair, by number."""
    told = [f"{number} {say(language, _OUTCOMES[outcome], outcome)}" for outcome, number in done.counts.items()]
    counts = ", ".join(told) or say(language, "aucun message", "no records")
    if not (undoable := done.can_be_undone):
        return counts
    return counts + say(language, f" ; {undoable} peuvent être repris", f"; {undoable} can be undone")


def at_most(records: int, language: Language) -> str:
    """That there are more records than one repair takes."""
    return say(
        language,
        f"au plus {records} d’un service à la fois : le reste demande une autre réparation",
        f"at most {records} of a service at a time: the rest takes another repair",
    )
