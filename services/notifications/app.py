"""The notifications service: which events it follows, what it keeps, and that it sends what is due."""

from __future__ import annotations

from libraries.chassis.handling import handlers_in
from libraries.chassis.service import Service
from libraries.programme.about import SEALED
from services.notifications import handlers
from services.notifications.clicks.door import door_from_environment
from services.notifications.sending.environment import sender_from_environment
from services.notifications.sending.forgetting import Purge, purge_from_environment
from services.notifications.sending.measuring import measure_mail
from services.notifications.store import NotificationStore

SERVICE = Service(
    name="notifications",
    handlers=handlers_in(handlers),
    store=NotificationStore,
    duties=(sender_from_environment, purge_from_environment),
    housekeeping=frozenset({Purge.name}),
    http=door_from_environment,
    programme=SEALED,
    measure=measure_mail,
)
