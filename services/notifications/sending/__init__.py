"""How what is due leaves: claimed, delivered, recorded, and forgotten after its time."""
