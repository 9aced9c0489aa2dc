"""What people type, read: repaired where the meaning is certain, else a slip that says what is wrong."""
