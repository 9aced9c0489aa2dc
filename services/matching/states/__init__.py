"""What matching keeps, as plain values: candidates, needs, assignments, and what people have said."""
