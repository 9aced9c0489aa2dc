"""A rehearsal of the whole system: its clock, who moves it from deadline to deadline, and editions that are played."""
