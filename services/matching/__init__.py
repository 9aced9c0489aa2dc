"""Matching: keeps the register of needs and holds applications against them."""
