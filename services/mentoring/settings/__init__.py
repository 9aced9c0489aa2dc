"""What people set: how mentors are compared, the rhythms, and every sentence; each file read and checked once."""
