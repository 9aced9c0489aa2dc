"""What matching does about an event as it comes, by subject: as the pool's only writer it decides at once."""
