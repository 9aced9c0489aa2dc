"""Spans on their way to a collector, by OTLP over HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` names one.

OpenTelemetry's packages are imported only then: they cost a quarter of a second and nine megabytes. Its own variables
say the rest (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES` and others).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from libraries.chassis.settings import SettingsError
from libraries.chassis.watching import tracing
from libraries.chassis.watching.tracing import Tracing

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def start_tracing(service: str, version: str, environment: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Tells a collector of this process's spans, where one is named; returns what ends that, within two seconds.

    Raises SettingsError where one is named and the packages are not there, or another of the variables is wrong.
    """
    # That of traces first, as OpenTelemetry has it: where both are set it is the one that is used.
    named = next((name for name in _ENDPOINTS if environment.get(name)), None)
    if named is None or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return lambda: None
    try:
        from libraries.chassis.watching.exporting import Exporter

        exporter = Exporter(service, version)
    except ImportError:
        raise SettingsError(
            f"{named}: traces need OpenTelemetry's packages, which are not installed: install engage[telemetry], or "
            "leave the variable out"
        ) from None
    except ValueError as error:
        raise SettingsError(f"{named} and the other variables of OpenTelemetry: {error}") from None
    tracing.switch(Tracing(service, exporter.record))

    def end() -> None:
        tracing.switch(None)
        exporter.stop()

    return end
