"""Rules: what an edition may ask of an application, and what each asks answers."""
