"""Hours of mixed traffic, under which nothing may grow but tables: `make soak`."""
