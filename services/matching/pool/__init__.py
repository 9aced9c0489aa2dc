"""All that matching decides upon, in memory: its values, over a live optimum of the rolling track."""
