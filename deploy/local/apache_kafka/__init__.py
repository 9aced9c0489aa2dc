"""Apache Kafka on this machine: its jars from Maven, brokers in KRaft mode, no container engine."""

from __future__ import annotations

from deploy.local.apache_kafka.cluster import ApacheKafka
from deploy.local.apache_kafka.node import Certificates

__all__ = ["ApacheKafka", "Certificates"]
