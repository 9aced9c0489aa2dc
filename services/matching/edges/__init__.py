"""Which application may be held against which need, and what that is worth: pure functions over two profiles."""
