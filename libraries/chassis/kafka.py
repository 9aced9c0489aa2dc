"""How to reach a Kafka cluster: its addresses, and who we are to it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from aiokafka import AIOKafkaProducer
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from pydantic import Field, FilePath, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True)
class Cluster:
    """A cluster as a client reaches it: `host:port`, several separated by commas, and its security, if any."""

    bootstrap_servers: str
    security: BaseSecurity | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What every client of aiokafka must be given."""
        return {"bootstrap_servers": self.bootstrap_servers, **parse_security(self.security)}


async def connected_producer(cluster: Cluster, client_id: str, **options: Any) -> AIOKafkaProducer:
    """A producer that loses and doubles nothing by itself; raises what aiokafka raises where no broker answers."""
    producer = AIOKafkaProducer(
        **cluster.options,
        client_id=client_id,
        enable_idempotence=True,  # else a repeated request may land twice, and out of order
        acks="all",  # what one broker alone has is lost with it
        request_timeout_ms=10_000,
        **options,
    )
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


class KafkaSettings(BaseSettings):
    """How to reach Kafka, each from the environment under the prefix `ENGAGE_`."""

    model_config = SettingsConfigDict(env_prefix="ENGAGE_", hide_input_in_errors=True)

    kafka_bootstrap_servers: str = Field(
        min_length=1, description="Kafka's addresses: host:port, more than one separated by commas"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, as the cluster's listener has it"
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_username: str | None = Field(None, description="The service's user in Kafka")
    kafka_password: SecretStr | None = Field(
        None, validate_default=True, description="That user's password; with SASL both must be set"
    )
    kafka_ca_file: FilePath | None = Field(
        None, description="PEM file of the authority that signed the brokers' certificates; without it the system's"
    )

    @field_validator("kafka_password")
    @classmethod
    def _check_user(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        uses_sasl = str(others.data.get("kafka_security_protocol", "")).startswith("SASL")
        if uses_sasl and (value is None or not others.data.get("kafka_username")):
            raise ValueError("must be set, as ENGAGE_KAFKA_USERNAME must, where the protocol is SASL_…")
        return value

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster that these settings name."""
        return Cluster(self.kafka_bootstrap_servers, self._security())

    def _security(self) -> BaseSecurity | None:
        protocol = self.kafka_security_protocol
        if protocol == "PLAINTEXT":
            return None
        encrypted = protocol.endswith("SSL")
        context = ssl.create_default_context(cafile=self.kafka_ca_file) if encrypted else None
        if not protocol.startswith("SASL"):
            return BaseSecurity(ssl_context=context, use_ssl=True)
        assert self.kafka_username is not None
        assert self.kafka_password is not None
        kinds = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        return kinds[self.kafka_sasl_mechanism](
            username=self.kafka_username,
            password=self.kafka_password.get_secret_value(),
            ssl_context=context,
            use_ssl=encrypted,
        )
