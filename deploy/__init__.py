"""Everything that installs, starts or operates Engage."""
