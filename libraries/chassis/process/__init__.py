"""What the parts of one process share: its surroundings, its patience, its deadlines, where a test may end it."""
