"""What matching does about needs: declared, revised, closed, past their review date."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from contracts.event import Event
from contracts.needs import NeedClosed, NeedDeclared, NeedFlagged, NeedFormRefused, NeedPublished, NeedRevised
from contracts.sources import speaks_for
from contracts.states import NeedState
from libraries.chassis.handling import handles
from libraries.typed.words import reasons_of
from services.matching import codes, lookups
from services.matching.edges.gates import is_past_review
from services.matching.flows.amending import amending, of_need
from services.matching.flows.needs import let_go_of_pins, publish_need
from services.matching.flows.officers import introduce
from services.matching.flows.settling import settle
from services.matching.settings.days import day_of
from services.matching.settings.texts import refusal
from services.matching.states.need_forms import ReadNeed, read_need
from services.matching.states.needs import Need, NeedDocument, need_document
from services.matching.store import Unit

_FORM: Final = "form"


@handles(NeedDeclared)
def on_need_declared(event: Event[NeedDeclared], unit: Unit) -> None:
    """The need is published and its places go to whom they are worth most."""
    _judge_form(event, unit)


@handles(NeedRevised)
def on_need_revised(event: Event[NeedRevised], unit: Unit) -> None:
    """The need is published again, open; proposals that it no longer allows are released, the rest is offered.

    It says all of the need: where no form before it could be taken, it declares it.
    """
    _judge_form(event, unit)


@handles(NeedClosed, needs=lambda said: lookups.need(said.need_id))
def on_need_closed(event: Event[NeedClosed], unit: Unit, need: Need) -> None:
    """The need is taken off; what is proposed goes elsewhere or waits, what is confirmed stays."""
    pool = unit.store.pool
    if not speaks_for(event.source, need.source):
        _refuse(need.need_id, "another-source", unit)
    elif need.state != "closed":
        pool.set_state(need, "closed")
        unit.retract(NeedPublished, need.need_id)
        let_go_of_pins(need.need_id, codes.NEED_CLOSED, unit)
        settle(unit, because={need.need_id: codes.NEED_CLOSED})


def _judge_form(event: Event[NeedDeclared] | Event[NeedRevised], unit: Unit) -> None:
    form, pool = event.data, unit.store.pool
    known = pool.needs.get(form.need_id)
    if known is not None and not speaks_for(event.source, known.source):
        _refuse(form.need_id, "another-source", unit)
    elif pool.people.is_of_another_source(form.owner.person_id, event.source):
        _refuse(form.need_id, "person-of-another-source", unit)
    elif isinstance(read := read_need(form, event.time), ReadNeed):
        _publish_form(event, read, known, unit)
    else:
        unit.publish(NeedFormRefused(need_id=form.need_id, occurred_at=unit.now, reasons=reasons_of(read)))


def _refuse(need_id: UUID, code: codes.RefusalCode, unit: Unit) -> None:
    unit.publish(NeedFormRefused(need_id=need_id, occurred_at=unit.now, reasons=(refusal(code),)))


def _publish_form(
    event: Event[NeedDeclared] | Event[NeedRevised], read: ReadNeed, known: Need | None, unit: Unit
) -> None:
    form, pool = event.data, unit.store.pool
    document = need_document(event.identity, read.content, pool.rules)
    due = is_past_review(document.profile, on=day_of(unit.now))
    state: NeedState = "review-due" if due else "open"
    reasons = _reasons_to_release(known, document)
    with amending(unit, of_need(unit, form.need_id), actor=_FORM):
        source = event.source if known is None else known.source
        before = pool.put_need(Need(form.need_id, 1, state, form.owner.person_id, document, source, unit.now))
        need = pool.needs[form.need_id]
        publish_need(need, before, "declared" if before is None else "revised", _FORM, unit)
        _flag(need, read, unit)
        introduce(read.owner, event.source, unit)
        if due:
            let_go_of_pins(form.need_id, codes.NEED_REVIEW_DUE, unit)
        settle(unit, because={form.need_id: codes.NEED_REVIEW_DUE if due else reasons})


def _flag(need: Need, read: ReadNeed, unit: Unit) -> None:
    if read.remarks:
        flags = reasons_of(read.remarks)
        unit.publish(NeedFlagged(need_id=need.need_id, version=need.version, occurred_at=unit.now, flags=flags))


def _reasons_to_release(before: Need | None, document: NeedDocument) -> str:
    """Why a revision lets projects go: it has fewer places and is otherwise the same, or it asks for others."""
    if before is not None and before.document.profile == document.profile:
        return codes.CAPACITY_REDUCED
    return codes.NO_LONGER_MEETS
