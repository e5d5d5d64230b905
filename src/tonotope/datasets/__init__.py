"""Recordings with their targets: found, checked, split, decoded once."""
