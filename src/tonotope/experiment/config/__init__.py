"""The words of an experiment file: keys, values, line numbers, and errors that help.

schema        which keys there are and which values fit
overrides     `--set key=value`, `extends`, `[[variants]]`
toml_lines    the line of a key, for error messages
toml_writer   writing TOML
errors        what is wrong with an experiment, and how to mend it
hints         mistakes that everybody makes, and what was meant
"""
