"""Evaluation: a score with its interval, baselines on the same recordings, comparison of runs."""
