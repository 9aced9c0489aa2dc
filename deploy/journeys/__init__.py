"""Journeys as a terminal, a program and a diagram show them, and how far the journal is behind."""
