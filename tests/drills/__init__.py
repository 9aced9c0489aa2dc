"""Drills: what operators do to a whole system that runs, under traffic, and the proof that nothing came of it."""
