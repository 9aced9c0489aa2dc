"""What is planned: follow-ups and series as values and rows, and how an event plans and settles them."""
