"""Pictures that the server makes: numbers in, SVG out, and a table beside each that says the same."""
