"""The columns of each table in one order: that of the values, of `COPY`, and of what queries select and update."""

from __future__ import annotations

from typing import Final

MENTOR_COLUMNS: Final = (
    "mentor_id",
    "person_id",
    "source",
    "profile",
    "capacity",
    "line_manager_authorised",
    "ethics_check_done",
    "active",
    "pending",
    "starts",
    "version",
    "paused_until",
    "authorised_until",
    "handled",
    "accompanied",
    "told_at",
    "reopens_at",
    "clearances",
)
LEAD_COLUMNS: Final = (
    "assignment_id",
    "application_id",
    "lead_id",
    "owner_id",
    "directorate",
    "organisation_name",
    "project_title",
    "themes",
    "territories",
    "skills",
    "languages",
    "slots",
    "confirmed_at",
    "state",
    "told",
    "passed",
)
# In the order of Shape's fields, which it is made of by position; so are Pair and Obstacle below.
SHAPE_COLUMNS: Final = ("themes", "territories", "skills", "languages", "slots")
PAIR_COLUMNS: Final = (
    "pair_id",
    "assignment_id",
    "application_id",
    "mentor_id",
    "fit",
    "rules_version",
    "offered_at",
    "expires_at",
    "started_at",
    "state",
    "version",
    "meetings",
    "last_contact_at",
    "steps",
    "stepped_at",
    "ends_at",
    "review_asked_at",
    "mentor_wish",
    "lead_wish",
    "paused_until",
    "recorded_at",
)
# What was offered to whom never changes, so only what follows it is sent and written again.
PAIR_CHANGES: Final = (
    "pair_id",
    "state",
    "started_at",
    "expires_at",
    *PAIR_COLUMNS[PAIR_COLUMNS.index("version") : -1],
)
OBSTACLE_COLUMNS: Final = (
    "obstacle_id",
    "assignment_id",
    "kind",
    "service",
    "opened_at",
    "due_at",
    "state",
    "level",
    "reason",
    "version",
    "authors",
)
OBSTACLE_CHANGES: Final = ("obstacle_id", "service", "due_at", "state", "level", "reason", "version", "is_described")
# When and how long, and no word of what was said.
MEETING_COLUMNS: Final = ("meeting_id", "pair_id", "held_on", "minutes", "obstacle_id", "next_step")
ACTION_COLUMNS: Final = ("assignment_id", "code", "state", "reason", "version")
INTRODUCTION_COLUMNS: Final = (
    "introduction_id",
    "assignment_id",
    "partner_kind",
    "partner_name",
    "made_on",
    "outcome",
    "version",
    "reported_by",
)
IMPACT_COLUMNS: Final = ("assignment_id", "year", "figures", "version")
