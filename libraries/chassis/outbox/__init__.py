"""The outbox: what a transaction publishes, kept in pages until Kafka has it, and the relay that sends it."""
