"""Places: the communes of France, the territories of the City, and how people write either."""
