"""The demonstration: the Marseille data played through the whole system, as upstream forms would."""
