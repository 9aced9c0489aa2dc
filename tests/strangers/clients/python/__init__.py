"""The programs in Python, each run by itself."""
