"""Tests against the embedded stack."""
