"""A service as it runs: from start to stop, its membership, its duties, and what is tried again."""
