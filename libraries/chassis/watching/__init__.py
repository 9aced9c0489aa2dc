"""How a running service is seen: logs, metrics, troubles, health."""
