"""What every service stands on: how to consume, store and publish exactly once, and how to be watched."""
