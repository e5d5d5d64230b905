"""Comparisons of speed that write their own pages: `python -m bench`, or `python -m bench logmel`.

Every module here has a `page()` that measures and returns Markdown. What is compared is measured
in turns within one run, because a machine is never as fast as it was a minute ago: the ratio of
neighbours means something, the absolute numbers little.
"""
