"""What mentoring does with what stands in a project's way, with its support plan and with its figures."""

from __future__ import annotations

from contracts.event import Event
from contracts.obstacles import ObstacleReported, ObstacleUpdated
from contracts.support import ImpactReported, IntroductionReported, SupportActionReported
from libraries.chassis.handling import handles
from services.mentoring import lookups
from services.mentoring.flows import obstacle_lifting, progress
from services.mentoring.reporters import authors_of, has_asked_since
from services.mentoring.states.lead import Lead
from services.mentoring.states.obstacle import Obstacle
from services.mentoring.store import Unit


@handles(ObstacleReported, needs=lambda said: lookups.lead_with_obstacle(said.assignment_id, said.obstacle_id))
def on_obstacle_reported(event: Event[ObstacleReported], unit: Unit, lead: Lead) -> None:
    """Something stands in a project's way: a city service owns it from now on, and has its time."""
    authors = authors_of(event, unit.store.state)
    if obstacle_lifting.open_obstacle(unit, lead, event.data, authors=authors):
        progress.begin(unit, lead, "obstacle", actor=event.data.reported_by)


@handles(ObstacleUpdated, needs=lambda said: lookups.obstacle(said.obstacle_id, of=said.assignment_id))
def on_obstacle_updated(event: Event[ObstacleUpdated], unit: Unit, obstacle: Obstacle) -> None:
    """An obstacle is taken, lifted or abandoned."""
    obstacle_lifting.update(unit, obstacle, event.data)


@handles(SupportActionReported, needs=lambda said: lookups.lead_with_plan(said.assignment_id))
def on_support_action_reported(event: Event[SupportActionReported], unit: Unit, lead: Lead) -> None:
    """An action of a support plan is started, finished or dropped."""
    progress.update_action(unit, lead, event.data)


@handles(
    IntroductionReported, needs=lambda said: lookups.lead_with_introduction(said.assignment_id, said.introduction_id)
)
def on_introduction_reported(event: Event[IntroductionReported], unit: Unit, lead: Lead) -> None:
    """A project was introduced to a partner, or what came of it is known: networking has begun."""
    progress.introduce(unit, lead, event.data, forgotten=has_asked_since(event, unit.store.state))


@handles(ImpactReported, needs=lambda said: lookups.lead_with_figures(said.assignment_id))
def on_impact_reported(event: Event[ImpactReported], unit: Unit, lead: Lead) -> None:
    """The figures of a project's year are told, beside those it began with."""
    progress.record_impact(unit, lead, event.data)
