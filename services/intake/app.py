"""The intake service: what it handles and where it keeps it."""

from __future__ import annotations

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.erasures import ErasureRequested
from services.chassis.service import Service
from services.intake import handlers
from services.intake.door import door_from_environment
from services.intake.store import IntakeStore

SERVICE = Service(
    name="intake",
    handlers={
        ApplicationSubmitted: handlers.on_application_submitted,
        ApplicationCorrected: handlers.on_application_corrected,
        ApplicationWithdrawalRequested: handlers.on_application_withdrawal_requested,
        ErasureRequested: handlers.on_erasure_requested,
    },
    store=IntakeStore,
    http=door_from_environment,
)
