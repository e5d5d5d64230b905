"""The sections of the report, one file each.

verdict     the first screen: what came out, how sure it is, what was checked
classes, columns, sound   results, for each kind of answer
mistakes    the hardest mistakes, to look at and to hear
training    learning curves
methods     split, leaks, inputs left out, model
"""
