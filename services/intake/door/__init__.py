"""The HTTP door: for forms that cannot speak Kafka."""
