"""What years of a whole country do to tables, memory and speed: `make growth`."""
