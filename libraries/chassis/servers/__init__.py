"""The servers a service leans on: Kafka behind a port, PostgreSQL."""
