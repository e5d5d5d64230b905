"""What a score is worth: its interval, and what a simple method reaches on the same sounds."""
