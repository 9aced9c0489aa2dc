"""What intake does with each event: one function an event."""
