"""Links that prove one person's right to one thing: what services sign them with, and read them by."""
