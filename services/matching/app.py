"""Matching as the chassis runs it: which event leads to what."""

from __future__ import annotations

from contracts.applications import (
    ApplicationAmended,
    ApplicationRegistered,
    ApplicationRejected,
    ApplicationWithdrawn,
    CorrectionRequested,
)
from contracts.assignments import AssignmentDecided
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from services.chassis.service import Service
from services.matching import handlers
from services.matching.store import MatchingStore

SERVICE = Service(
    name="matching",
    handlers={
        NeedDeclared: handlers.on_need_declared,
        NeedRevised: handlers.on_need_revised,
        NeedClosed: handlers.on_need_closed,
        ApplicationRegistered: handlers.on_application_registered,
        ApplicationAmended: handlers.on_application_amended,
        ApplicationWithdrawn: handlers.on_application_withdrawn,
        ApplicationRejected: handlers.on_application_rejected,
        CorrectionRequested: handlers.on_correction_requested,
        AssignmentDecided: handlers.on_assignment_decided,
    },
    store=MatchingStore,
)
