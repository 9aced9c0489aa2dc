"""The tests of Engage, sorted by what they cost."""
