"""Whether a running system has all that it needs."""
