"""The parts of the console: each has its routes, and shows what `operations` tell."""
