"""Programs in other languages, with CloudEvents SDKs and Kafka clients of others, against `engage up`."""
