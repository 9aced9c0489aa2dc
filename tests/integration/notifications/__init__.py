"""Notifications against a real database and a mail server on a socket."""
