"""What happens to the pool: it is settled, people decide, rounds are held, days pass; each with its events."""
