"""What each event means for the mail: one function an event, by subject."""
