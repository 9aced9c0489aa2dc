"""A report of an edition as a document."""
