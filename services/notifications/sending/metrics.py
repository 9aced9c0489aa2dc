"""What becomes of mail that does not leave, as figures for `/metrics`."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

from libraries.chassis.watching.metrics import REGISTRY

NOT_WRITTEN: Final = Counter(
    "engage_mails_not_written", "Follow-ups that can't be written as a mail and have failed", registry=REGISTRY
)
REFUSED: Final = Counter(
    "engage_mails_refused", "Mails that a server refused, by whose fault it was", ("fault",), registry=REGISTRY
)
PAUSED: Final = Counter(
    "engage_mail_providers_paused", "Pauses of mail to a provider that refuses all of it", registry=REGISTRY
)
