"""What all pages have in common: who asks, what a form says, how an answer looks, and how it is served."""
