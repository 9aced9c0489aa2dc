"""What services copy from forms fits where it is copied to: no outbound bound is narrower than the inbound one."""

from __future__ import annotations

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from contracts.message import Actor, Reporter
from publication.containment import gaps
from publication.schemas import Schema, resolved, schema_of
from publication.versions import versions
from tests.contracts.documents import documents

BY_NAME = {version.model.__name__: version for version in versions()}

# Where a field of an event that services publish holds what a form says, as dotted paths from either's class.
COPIED = [
    # What people type is read first: test_acceptance has what comes of it.
    *((f"NeedDeclared.{name}", f"NeedPublished.need.{name}") for name in ("coverage", "salience")),
    ("ApplicationRegistered.organisation.name", "AssignmentProposed.organisation_name"),
    ("ApplicationRegistered.project.title", "AssignmentProposed.project_title"),
    ("ApplicationRegistered.project.themes", "AssignmentProposed.themes"),
    ("ApplicationRegistered.project.territories", "AssignmentProposed.territories"),
    ("AssignmentDecided.reason", "AssignmentConfirmed.reason"),
    ("AssignmentDecided.decision", "AssignmentDecisionRefused.decision"),
    ("PlacementDecided.decision", "PlacementDecisionRefused.decision"),
    ("ContestDecided.scores", "ContestDecisionPublished.scores"),
    ("ContestDecided.decision", "ContestDecisionPublished.decision"),
    ("ContestDecided.reason", "ContestDecisionPublished.reason"),
    ("ContestDecided.publish_at", "ContestDecisionPublished.occurred_at"),
    *((f"Assignment{event}.{name}", f"{copy}.{name}")
      for event in ("Confirmed",) for name in ("organisation_name", "project_title")
      for copy in ("PairOffered", "ObstacleOpened", "SupportPlanOpened", "NoMentorFound")),
    ("PairAnswered.reason", "PairDeclined.reason"),
    ("PairEndRequested.reason", "PairEnded.reason"),
    ("MeetingReported.held_on", "MeetingHeld.held_on"),
    ("MeetingReported.minutes", "MeetingHeld.minutes"),
    ("MeetingReported.next_step", "MeetingHeld.next_step"),
    ("MeetingReported.held_on", "PairIdle.last_contact_on"),
    ("PairPauseRequested.until", "PairPaused.until"),
    ("PairReviewed.wish", "PairReviewRecorded.wish"),
    ("PairReviewed.goals", "PairReviewRecorded.goals"),
    ("ObstacleReported.kind", "ObstacleOpened.kind"),
    ("ObstacleUpdated.reason", "ObstacleAbandoned.reason"),
    ("SupportActionReported.action", "SupportActionChanged.action"),
    ("IntroductionReported.partner_kind", "IntroductionRecorded.partner_kind"),
    ("IntroductionReported.partner_name", "IntroductionRecorded.partner_name"),
    ("IntroductionReported.made_on", "IntroductionRecorded.made_on"),
    ("ImpactReported.year", "ImpactRecorded.year"),
    ("ImpactReported.indicators.code", "ImpactRecorded.figures.code"),
    ("ImpactReported.indicators.value", "ImpactRecorded.figures.value"),
    ("ImpactReported.indicators.value", "ImpactRecorded.figures.baseline"),
]  # fmt: skip


def part_at(path: str) -> tuple[Schema, Schema]:
    """The reader's schema of the version that a dotted path begins with, and the part that the path leads to."""
    name, *steps = path.split(".")
    version = BY_NAME[name]
    part = schema = schema_of(version, "reader")
    for step in steps:
        part = resolved(schema, part)
        part = resolved(schema, part["items"]) if "items" in part else part
        part = part["properties"][step]
    return schema, part


@pytest.mark.parametrize(("said", "copied"), COPIED, ids=lambda path: path)
def test_what_is_copied_from_a_form_fits_where_it_is_copied_to(said: str, copied: str) -> None:
    (mine, part), (theirs, field) = part_at(said), part_at(copied)
    if not any(choice.get("type") == "null" for choice in field.get("anyOf", ())):
        # What a form leaves open is copied only where it says something.
        part = next((choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"), part)
    inner = {"type": "object", "properties": {"it": part}, "required": ["it"], "$defs": mine.get("$defs", {})}
    outer = {"type": "object", "properties": {"it": field}, "required": ["it"], "$defs": theirs.get("$defs", {})}
    assert list(gaps(inner, outer)) == []


def test_as_many_figures_are_told_as_were_reported() -> None:
    (_, reported), (_, told) = part_at("ImpactReported.indicators"), part_at("ImpactRecorded.figures")
    assert reported["maxItems"] <= told["maxItems"]


@given(documents({"type": "string", **TypeAdapter(Reporter).json_schema()}))
def test_who_reports_something_is_the_actor_of_what_comes_of_it(reporter: str) -> None:
    assert TypeAdapter(Actor).validate_python(reporter) == reporter
