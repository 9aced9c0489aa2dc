"""Notifications: sends follow-ups by e-mail and keeps the calendar of what is due."""
