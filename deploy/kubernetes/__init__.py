"""Engage on Kubernetes: a base and overlays for Kustomize, and what of them is made from the catalogue."""
