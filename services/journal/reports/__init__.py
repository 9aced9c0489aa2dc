"""What came of an edition: counted from the journal, told in sections, with no personal data."""
