"""What the system keeps of people: where, why and for how long, and the proof that somebody was forgotten."""
