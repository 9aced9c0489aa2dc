"""The programme: all that a city configures, as files of one directory, read once at the start of a process."""
