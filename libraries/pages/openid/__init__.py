"""Signing in at a provider of a city's own, by OpenID Connect: what is asked of it, what it says, and who that is."""
