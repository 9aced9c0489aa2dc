"""A release: version, changelog, tag, wheels, what the image holds, and signatures by a key that is given."""
