"""Lanes: what is consumed, in which order, by whom, and what became of each record."""
