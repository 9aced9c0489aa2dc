"""What strangers do with nothing but the published contracts and libraries of their own."""
