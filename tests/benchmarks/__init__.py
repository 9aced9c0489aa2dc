"""Benchmarks: programs whose result a person reads, never tests."""
