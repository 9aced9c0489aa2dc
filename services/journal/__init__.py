"""The journal: what was published, kept by story, so that anybody can ask what happened to anything."""
