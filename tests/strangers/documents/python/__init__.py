"""A generator of Python, and what reads with what it makes."""
