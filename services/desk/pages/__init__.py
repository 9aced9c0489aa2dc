"""The desk's pages, each with what it shows and what it takes."""
