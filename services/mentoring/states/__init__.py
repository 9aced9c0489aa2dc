"""What things are: mentors, leads, pairs, obstacles, support plans, and what each state of theirs allows."""
