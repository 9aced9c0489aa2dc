"""The port `Kafka` and what implements it."""
