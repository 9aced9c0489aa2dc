"""The assignment engine: pure, exact, without a service of its own; matching and mentoring build on it."""
