"""What mentoring does with each event: one function an event, which reads as the sentence it implements, by subject."""
