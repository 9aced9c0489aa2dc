"""What the City sets for matching: rules, territories, texts; nothing here follows from an event."""
