"""What services stand on: the chassis, the assignment engine and work days; no library knows a service."""
