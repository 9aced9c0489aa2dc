"""Moves a whole system: every table and every topic into files, and out of them into an empty system."""
