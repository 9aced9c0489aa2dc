"""Drills of restores: what is lost, and how long it takes until all goes on."""
