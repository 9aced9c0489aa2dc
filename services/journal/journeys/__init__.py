"""Journeys: what happened to something, step by step, where it is now, and what it waits for."""
