"""Engage's services."""
