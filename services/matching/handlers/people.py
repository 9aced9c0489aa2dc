"""What matching does about people: deputies whom owners name, and who asks to be forgotten."""

from __future__ import annotations

from contracts.deputies import DeputyNamed, DeputyRefused
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.sources import DESK, speaks_for
from libraries.chassis.handling import handles
from libraries.typed.people import read_person
from libraries.typed.slip import Reading
from libraries.typed.words import reasons_of
from services.matching import lookups
from services.matching.codes import RefusalCode
from services.matching.flows.officers import changing_deputies, forget, introduce
from services.matching.pool.pool import Pool
from services.matching.settings.texts import refusal
from services.matching.states.officers import Deputy, Officer
from services.matching.store import Unit


@handles(DeputyNamed, needs=lambda said: lookups.officer(said.owner_id))
def on_deputy_named(event: Event[DeputyNamed], unit: Unit, owner: Officer) -> None:
    """Whoever is named may decide in the owner's place from now on, and whoever was before no more."""
    named, people = event.data, unit.store.pool.people
    if code := _refusal_code(event, unit.store.pool, owner):
        unit.publish(DeputyRefused(owner_id=named.owner_id, occurred_at=unit.now, reasons=(refusal(code),)))
        return
    reading = Reading()
    deputy = None if named.deputy is None else read_person(named.deputy, "deputy", reading)
    if reading.asked:
        asked = reasons_of(reading.asked)
        unit.publish(DeputyRefused(owner_id=named.owner_id, occurred_at=unit.now, reasons=asked))
        return
    with changing_deputies([named.owner_id], unit, actor=f"officer:{named.owner_id}"):
        # Of a deputy who asked since to be forgotten nothing remains but that whoever was before is none any more.
        if deputy is None or people.is_forgotten(deputy.person_id, unit.now):
            people.end_deputy(named.owner_id)
        else:
            people.name_deputy(Deputy(named.owner_id, deputy.person_id, named.until, unit.now))
    # At the desk an owner speaks, who says nothing of how somebody is reached that another form has introduced.
    if deputy is not None and not (event.source == DESK and people.is_reached(deputy.person_id)):
        introduce(deputy, event.source, unit)


@handles(ErasureRequested)
def on_erasure_requested(event: Event[ErasureRequested], unit: Unit) -> None:
    """Who they are is forgotten, and everybody told so, also where nothing was known of them."""
    forget(event.data, unit)


def _refusal_code(event: Event[DeputyNamed], pool: Pool, owner: Officer) -> RefusalCode | None:
    deputy = event.data.deputy
    if not speaks_for(event.source, owner.source):
        return "another-source"
    if not any(need.owner_id == owner.person_id for need in pool.needs.values()):
        return "owns-nothing"
    if deputy is not None and pool.people.is_of_another_source(deputy.person_id, event.source):
        return "person-of-another-source"
    return None
