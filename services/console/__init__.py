"""The operators' page: it looks, over `operations` alone, and repairs what may be repaired."""
