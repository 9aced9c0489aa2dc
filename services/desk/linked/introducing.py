"""Whom a project was introduced to, and what came of it. Pure."""

from __future__ import annotations

from uuid import UUID, uuid5


def introduction_id_of(assignment_id: UUID, partner: str, made_on: object) -> UUID:
    """The id of an introduction: once a day to one partner, whoever reports it."""
    return uuid5(assignment_id, f"introduced to {partner.casefold()} on {made_on}")
