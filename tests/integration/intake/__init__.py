"""Intake's handlers and store on PostgreSQL."""
