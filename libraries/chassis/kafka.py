"""How to reach a Kafka cluster: its addresses, and who we are to it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from aiokafka import AIOKafkaProducer
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512
from pydantic import Field, FilePath, SecretStr, ValidationInfo, field_validator, model_validator

from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.transport import is_on_this_machine, verifying


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


class KafkaSettings(EnvironmentSettings):
    """How to reach Kafka, each from the environment under the prefix `ENGAGE_`."""

    kafka_bootstrap_servers: str = Field(
        min_length=1, description="Kafka's addresses: host:port, more than one separated by commas"
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, as the cluster's listener has it"
    )
    kafka_tls: Literal["off"] | None = Field(
        None,
        description="`off`: a protocol without TLS may be used to another machine; without it only on this machine",
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
    kafka_certificate_file: FilePath | None = Field(
        None, description="PEM file of the service's own certificate, by which Kafka knows it (mutual TLS)"
    )
    kafka_key_file: FilePath | None = Field(None, description="PEM file of that certificate's private key")
    kafka_key_password: SecretStr | None = Field(None, description="The password of that key, if it has one")

    @field_validator("kafka_password")
    @classmethod
    def _check_user(cls, value: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        uses_sasl = str(others.data.get("kafka_security_protocol", "")).startswith("SASL")
        if uses_sasl and (value is None or not others.data.get("kafka_username")):
            raise ValueError("must be set, as ENGAGE_KAFKA_USERNAME must, where the protocol is SASL_…")
        return value

    @model_validator(mode="after")
    def _check_transport(self) -> KafkaSettings:
        hosts = [server.strip().rpartition(":")[0] for server in self.kafka_bootstrap_servers.split(",")]
        if not self._encrypted and not all(map(is_on_this_machine, hosts)):
            self._check_clear_text()
        if (self.kafka_certificate_file is None) != (self.kafka_key_file is None):
            raise ValueError("ENGAGE_KAFKA_CERTIFICATE_FILE and ENGAGE_KAFKA_KEY_FILE: give both, or neither")
        if self.kafka_certificate_file is not None and not self._encrypted:
            raise ValueError("ENGAGE_KAFKA_CERTIFICATE_FILE: is of no use but with SSL or SASL_SSL")
        try:
            _ = self.cluster
        except ValueError as error:
            raise ValueError(f"ENGAGE_KAFKA_CA_FILE, _CERTIFICATE_FILE, _KEY_FILE: {error}") from None
        return self

    def _check_clear_text(self) -> None:
        protocol = self.kafka_security_protocol
        if protocol == "SASL_PLAINTEXT" and self.kafka_sasl_mechanism == "PLAIN":
            # Whoever listens has the password: no setting makes that right.
            raise ValueError(
                "ENGAGE_KAFKA_SECURITY_PROTOCOL: SASL_PLAINTEXT with PLAIN would send the password in the clear to "
                "another machine: SASL_SSL, or a SCRAM mechanism"
            )
        if self.kafka_tls != "off":
            raise ValueError(
                f"ENGAGE_KAFKA_SECURITY_PROTOCOL: {protocol} would go in the clear to another machine: SSL, SASL_SSL, "
                "or ENGAGE_KAFKA_TLS=off, which says that this connection needs no protection"
            )

    @property
    def _encrypted(self) -> bool:
        return self.kafka_security_protocol.endswith("SSL")

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster that these settings name."""
        return Cluster(self.kafka_bootstrap_servers, self._security())

    def _security(self) -> BaseSecurity | None:
        protocol = self.kafka_security_protocol
        if protocol == "PLAINTEXT":
            return None
        context = self._context() if self._encrypted else None
        if not protocol.startswith("SASL"):
            return BaseSecurity(ssl_context=context, use_ssl=True)
        assert self.kafka_username is not None
        assert self.kafka_password is not None
        kinds = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}
        return kinds[self.kafka_sasl_mechanism](
            username=self.kafka_username,
            password=self.kafka_password.get_secret_value(),
            ssl_context=context,
            use_ssl=self._encrypted,
        )

    def _context(self) -> ssl.SSLContext:
        password = None if self.kafka_key_password is None else self.kafka_key_password.get_secret_value()
        return verifying(self.kafka_ca_file, self.kafka_certificate_file, self.kafka_key_file, password)
