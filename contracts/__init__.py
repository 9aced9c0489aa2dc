"""The messages that Engage's services, the upstream forms and the city's systems exchange."""
