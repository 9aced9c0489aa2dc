"""The whole chain, what it costs and how fast it is, beside its floor and its peers."""
