"""Who is chosen for whom: the roster of mentors, how well one suits a project, and why nobody does."""
