"""The two clocks."""
