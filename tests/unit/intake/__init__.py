"""Intake's domain, without a database."""
