"""Networks by name, one file each: general ones, and those that papers published.

A new one is a file here, with `kind`, `reads`, `lines` and, if it was published, `published`; and
its class in the union `Network`. `TONOTOPE_WRITE_DOCS=1 pytest tests/docs` writes its row in the
docs; help, templates and tests find it through the union.
"""
