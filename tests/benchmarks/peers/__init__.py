"""The same flow, thinner, in other systems that promise durability: what a rate is worth on this machine."""
