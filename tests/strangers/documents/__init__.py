"""Linters, validators and generators of code, on the documents that are published."""
