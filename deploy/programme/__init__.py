"""Whether a programme can be run, what another one would change, and which one is in force."""
