"""Work days and wall time: when something is due, for every service that asks."""
