"""Logs: one JSON object a line on stdout, or a readable line on a terminal; never a personal datum."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TextIO
from uuid import UUID

import orjson
import structlog
from pydantic import BaseModel
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo, FilteringBoundLogger, Processor

from contracts.catalogue import PERSONAL_NAMES
from libraries.chassis.watching.tracing import here

_BLOT = "(personal)"


def configure_logs(service: str, level: str) -> FilteringBoundLogger:
    """Sets up structlog and the standard library's logging; returns the service's logger.

    Tracebacks carry no local variables, since those may hold a whole form.
    """
    terminal = sys.stdout.isatty()
    number = logging.getLevelNamesMapping()[level.upper()]
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _say_where,
        redact,
    ]
    if terminal:
        processors += [_show_ids, structlog.dev.ConsoleRenderer(exception_formatter=_show_frames)]
        factory: object = structlog.PrintLoggerFactory()
    else:
        processors.append(ExceptionRenderer(ExceptionDictTransformer(show_locals=False)))
        processors.append(_keep_types_only)
        processors.append(structlog.processors.JSONRenderer(serializer=_to_json))
        factory = structlog.BytesLoggerFactory(sys.stdout.buffer)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=factory,  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    _adopt_standard_logging(number)
    logger: FilteringBoundLogger = structlog.get_logger().bind(service=service)
    return logger


def write_lines(log: FilteringBoundLogger, event: str, lines: Iterable[Mapping[str, object]]) -> None:
    """Writes a line for each of many happenings of one kind, at level `info`; their names must be none of a person's.

    Past structlog's processors, which cost seven times as much a line: these are the lines of every record.
    """
    if not log.is_enabled_for(logging.INFO):
        return
    if sys.stdout.isatty() or not structlog.is_configured():
        for line in lines:
            log.info(event, **line)
        return
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    context, end = structlog.get_context(log), {"event": event, "level": "info", "timestamp": now}
    text = b"\n".join(orjson.dumps({**context, **line, **end}, default=str) for line in lines)
    if text:
        sys.stdout.buffer.write(text + b"\n")
        sys.stdout.buffer.flush()


def _say_where(logger: object, method: str, line: EventDict) -> EventDict:
    if (place := here()) is not None:
        line.setdefault("trace_id", place.trace_id)
        line.setdefault("span_id", place.span_id)
    return line


def redact(logger: object, method: str, line: EventDict) -> EventDict:
    """A structlog processor that blots out what goes by the name of a personal field, however deep it lies."""
    return {name: _BLOT if name in PERSONAL_NAMES else _redacted(value) for name, value in line.items()}


def _redacted(value: object) -> object:
    match value:
        case dict():
            return {name: _BLOT if name in PERSONAL_NAMES else _redacted(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_redacted(inner) for inner in value]
        case BaseModel():
            # A whole message has no place in a log, whatever its fields.
            return type(value).__name__
        case bytes():
            return _BLOT
        case _:
            return value


def _keep_types_only(logger: object, method: str, line: EventDict) -> EventDict:
    # The text of an error may quote a row or an argument, and so a person: its type and place say enough.
    for exception in line.get("exception", ()):
        exception["exc_value"] = ""
        exception["exc_notes"] = []
    return line


def _show_frames(stream: TextIO, information: ExcInfo) -> None:
    kind, _, frames = information
    stream.write("".join(traceback.format_tb(frames)) + f"{kind.__name__}\n")


def _show_ids(logger: object, method: str, line: EventDict) -> EventDict:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in line.items()}


def named(error: BaseException) -> str:
    """What may be logged of an error: its class. Its text may quote a row or an argument, and so a person."""
    return type(error).__qualname__


def _to_json(value: object, **_: object) -> bytes:
    return orjson.dumps(value, default=str)


class _Adopter(logging.Handler):
    """Hands what libraries log to structlog; their messages speak of brokers and sockets, not of records."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger()
        log.log(record.levelno, record.getMessage(), action="library", library=record.name)


def _adopt_standard_logging(level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_Adopter()]
    root.setLevel(max(level, logging.WARNING))
