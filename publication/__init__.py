"""What others build on: generated from the contracts' catalogue, and kept in `contracts/published`."""
