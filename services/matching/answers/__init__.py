"""What a person asks of the pool, and nobody publishes: why it is so, and what would be otherwise."""
