"""The page of events: what was found in hours of sound, when, and what to listen to first."""
