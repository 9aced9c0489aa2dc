"""What happens to things: what follows from events and from time, and how it is announced."""
