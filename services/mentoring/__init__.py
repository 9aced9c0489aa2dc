"""Mentoring: pairs City agents with the leads of confirmed projects, and accompanies the pairs."""
