"""Settings from the environment, checked at start; a bad one is named with what it should be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings
from pydantic_settings import SettingsError as SourceError

from libraries.chassis.environment import FileError
from libraries.chassis.kafka import KafkaSettings
from libraries.chassis.postgresql import DatabaseSettings
from libraries.data_files import DataFileError, parse_data_file


class SettingsError(Exception):
    """One or more settings are missing or wrong; the text names each, and what it should be."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What all who are connected over HTTP may take together, what one address may, for how long."""

    connections: int
    connections_per_address: int
    header_seconds: float
    body_seconds: float
    memory_bytes: int


class Settings(KafkaSettings, DatabaseSettings):
    """What every service reads from the environment, each under the prefix `ENGAGE_`."""

    held_days: int = Field(
        default=90, ge=1, le=3_650, description="Days after which what was set aside is emptied: that it was, stays"
    )
    sources_file: Path | None = Field(
        default=None, description="TOML: who may publish which events on the topics of forms; see docs/security.md"
    )
    database_connections: int = Field(4, ge=2, le=100, description="Connections to PostgreSQL a service may use")
    http_host: str = Field("127.0.0.1", description="Address on which a service's own routes are served")
    http_port: int = Field(8080, ge=0, le=65535, description="Port on which a service's own routes are served")
    health_host: str = Field(
        "127.0.0.1", description="Address on which health and metrics are served: one that only operators reach"
    )
    health_port: int = Field(8081, ge=0, le=65535, description="Port on which health and metrics are served")
    http_connections: int = Field(500, ge=1, le=10_000, description="Connections that a port has open at most")
    http_connections_per_address: int = Field(
        100,
        ge=1,
        le=10_000,
        description="Connections that one address (of IPv6: one /64) may have open on a port; behind a proxy, from "
        "which all come, as many as there may be in all",
    )
    http_header_seconds: float = Field(
        10.0, gt=0, le=300, description="How long the headers of a request may take to arrive"
    )
    http_body_seconds: float = Field(
        20.0, gt=0, le=600, description="How long the body of a request may take to arrive, or an answer to be read"
    )
    http_memory_bytes: int = Field(
        32_000_000,
        ge=100_000,
        description="Bytes of requests that are not answered yet a port holds at most: beyond them the slowest have to "
        "leave",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged")
    batch_records: int = Field(600, ge=1, le=10_000, description="Records of one transaction at most, over all lanes")
    gather_ms: int = Field(
        8, ge=0, le=1_000, description="How long a service under load gathers records between two transactions"
    )
    fetch_wait_ms: int = Field(
        10, ge=1, le=500, description="How long a broker may hold back an empty answer while records flow"
    )
    session_timeout_ms: int = Field(
        10_000,
        ge=1_000,
        le=300_000,
        description="Silence after which Kafka gives a service's partitions away; a broker refuses less than its own",
    )
    relay_backlog: int = Field(8_000, ge=100, description="Unrelayed events a service may hold before it waits")
    dead_letter_budget: int = Field(
        50, ge=1, description="Unexpected failures, with nothing going well between them, that stop a lane"
    )
    dead_letter_bytes: int = Field(
        100_000_000, ge=0, description="Bytes of records that can't be read kept for each topic; of more only the fact"
    )
    waiting_limit_hours: int = Field(72, ge=1, description="Hours a record waits for what it refers to")
    retry_seconds: float = Field(1.0, gt=0, description="First pause before a waiting record is tried again")
    stop_seconds: float = Field(10.0, gt=0, description="How long a stop may take to drain the outbox")
    fault_point: str | None = Field(
        None,
        pattern=r"^[a-z-]+:[1-9][0-9]*$",
        description="For crash tests only: `point:n` kills the process when it reaches the point the nth time",
    )

    @property
    def http_limits(self) -> HttpLimits:
        """What those who are connected over HTTP may take."""
        return HttpLimits(
            connections=self.http_connections,
            connections_per_address=self.http_connections_per_address,
            header_seconds=self.http_header_seconds,
            body_seconds=self.http_body_seconds,
            memory_bytes=self.http_memory_bytes,
        )


Kind = TypeVar("Kind", bound=BaseSettings)
Content = TypeVar("Content", bound=BaseModel)


def read_settings(kind: type[Kind]) -> Kind:
    """The settings of a kind from the environment; raises SettingsError."""
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(kind, error))) from None
    except FileError as error:
        raise SettingsError(str(error)) from None
    except SourceError as error:
        # Only what is given as JSON is read by the source itself; its words name the field and quote nothing.
        name = next((field for field in kind.model_fields if f'"{field}"' in str(error)), "")
        raise SettingsError(f"ENGAGE_{name.upper()}: is no JSON") from None


def read_settings_file(variable: str, path: Path, model: type[Content]) -> Content:
    """The TOML or JSON file that a variable names, as a model; raises SettingsError, which says what is wrong where."""
    try:
        return parse_data_file(path.read_text(encoding="utf-8"), str(path), model)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}: {path} can't be read: {error}") from None
    except DataFileError as error:
        raise SettingsError(f"{variable}: {error}") from None


def _explain(kind: type[BaseSettings], error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        if not problem["loc"]:
            # Several settings do not go together: the text itself names them.
            lines.append(problem["msg"].removeprefix("Value error, "))
            continue
        name = str(problem["loc"][0])
        field = kind.model_fields.get(name)
        wanted = f" (should be: {field.description})" if field and field.description else ""
        wrong = "is not set" if problem["type"] == "missing" else problem["msg"]
        lines.append(f"ENGAGE_{name.upper()}: {wrong}{wanted}")
    return lines
