"""After a restore: what the database has forgotten and Kafka has not, and what becomes of it."""
