"""The codes by which matching says why: gates, refusals, causes and standings, which texts explain, and reasons."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Gate: TypeAlias = Literal["theme-or-public", "territory", "closed", "forbidden", "recused", "own-project", "floor"]
"""What keeps a project from a need whatever its points."""

ReadinessField: TypeAlias = Literal["summary", "themes", "publics", "territories"]

RefusalCode: TypeAlias = Literal[
    "already-confirmed",
    "already-declined",
    "already-released",
    "not-confirmed",
    "reason-required",
    "no-candidate",
    "need-not-open",
    "already-pinned",
    "no-place-left",
    "nothing-to-lift",
    "not-in-the-contest",
    "no-assignment",
    "not-yours-to-decide",
    "another-source",
    "person-of-another-source",
    "owns-nothing",
]
"""Why a decision of a person, or a form, changes nothing."""

UnmetCause: TypeAlias = Literal["no-candidates", "no-capacity", "all-gated", "territory-full", "placed-elsewhere"]
"""Why nobody answers a need after a round."""

UnplacedCause: TypeAlias = Literal["no-open-need", "no-need-meets", "places-taken"]
"""Why no need holds an application after a round."""

Remedy: TypeAlias = Literal["themes-and-publics", "territories", "complete-file"]
"""What an applicant can correct so that a need may hold them."""

Standing: TypeAlias = Literal["held", "fixed", "possible", "missing", "no-place", "shut"]
"""Where an application stands with a need; `shut` is told by its gates, `missing` by the level that decides."""

GATES: Final[tuple[Gate, ...]] = get_args(Gate)
READINESS: Final[tuple[ReadinessField, ...]] = get_args(ReadinessField)
"""What a file can give, of which each counts the same for the readiness part."""

# Reasons of assignments, as their events have them. The contract leaves them open, since a form's own codes stand in
# the same field, so nothing but these constants keeps one reason from being spelt in two ways.
BEST_OPEN_NEED: Final = "best-open-need"
PLACE_FREE: Final = "place-free"
BETTER_FOR_ALL: Final = "better-for-all"
NO_LONGER_MEETS: Final = "no-longer-meets"
CAPACITY_REDUCED: Final = "capacity-reduced"
NEED_CLOSED: Final = "need-closed"
NEED_REVIEW_DUE: Final = "need-review-due"
WITHDRAWN: Final = "withdrawn"
REJECTED: Final = "rejected"
CORRECTION_REQUESTED: Final = "correction-requested"
PLACED_BY_DECISION: Final = "placed-by-decision"
PLACE_TAKEN: Final = "place-taken-by-decision"
AMENDED: Final = "amended"
OWNER_REPLACED: Final = "owner-replaced"
RULES_CHANGED: Final = "rules-changed"
