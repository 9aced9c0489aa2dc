"""Engage's four services."""
