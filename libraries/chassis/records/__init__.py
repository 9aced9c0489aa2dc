"""Records as they were received, and the lanes on which they came."""
