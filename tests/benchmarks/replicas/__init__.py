"""Throughput against replicas and partitions, each replica on its own share of a core."""
