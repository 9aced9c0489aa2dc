"""The watch over the services: how far each has read, what flows, and what waits."""
