"""The desk: pages on which people of the City and of the foundation do their part, as a form would."""
