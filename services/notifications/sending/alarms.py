"""Tells operators, once for each pause, that a provider refuses all our mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from libraries.chassis.watching.metrics import PROVIDERS_PAUSED
from services.notifications.sending.providers import Provider

_log = structlog.get_logger()


class Alarms:
    """Which pauses this process has told of already."""

    def __init__(self) -> None:
        self._told: dict[str, datetime] = {}

    def raise_for(self, providers: Iterable[Provider], now: datetime) -> None:
        """Logs as an error, and counts, each pause of these providers that lasts and was not told yet."""
        for provider in providers:
            until = provider.paused_until
            if until is None or not provider.is_paused(now) or self._told.get(provider.domain) == until:
                continue
            self._told = {domain: at for domain, at in self._told.items() if at > now} | {provider.domain: until}
            PROVIDERS_PAUSED.inc()
            _log.error(
                "a provider refuses all our mail, which waits",
                action="pause-provider",
                provider=provider.domain,
                pauses=provider.pauses,
                paused_until=until.isoformat(),
                by_report=provider.by_report,
            )
