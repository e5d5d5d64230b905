"""Synthesised sounds of many unnamed kinds, for a network to learn hearing from."""
