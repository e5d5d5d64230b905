"""The words of an experiment file: keys, values, line numbers, and errors that help."""
