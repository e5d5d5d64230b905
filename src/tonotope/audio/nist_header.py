"""How many samples the header of a NIST SPHERE file states; libsndfile does not ask it."""

from __future__ import annotations

import re
from mmap import mmap

Bytes = bytes | mmap
_COUNT = re.compile(rb"sample_count\s+-i\s+(-?\d+)")
_HEADER_BYTES = 1024
_NO_LENGTH = 1 << 64


def stated_samples(data: Bytes) -> int | None:
    """Samples per channel by the header; None where it does not say.

    >>> stated_samples(b"sample_rate -i 16000 sample_count -i 64000 end_head")
    64000
    """
    found = _COUNT.search(data[:_HEADER_BYTES].partition(b"end_head")[0])
    if found is None:
        return None
    count = int(found.group(1))
    return _NO_LENGTH if count < 0 else count
