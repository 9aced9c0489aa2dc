"""Notifications without a database or a mail server."""
