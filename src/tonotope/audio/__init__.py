"""Sound files: recognised, decoded, and cut into windows."""
