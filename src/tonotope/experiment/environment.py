"""Where and with what a run was made: enough to make it again, and to see why it differs."""

from __future__ import annotations

import datetime
import os
import platform
from importlib import metadata
from typing import Any

from tonotope import __version__

_PACKAGES = ("torch", "numpy", "soundfile", "soxr", "safetensors", "pydantic", "scikit-learn")


def versions() -> dict[str, str]:
    """The versions of everything that takes part in a run."""
    found = {"tonotope": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        found[package] = installed(package) or "absent"
    return found


def installed(package: str) -> str | None:
    """The version of an installed package, without importing it; None where it is not there.

    >>> installed("no-such-package") is None
    True
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def now() -> str:
    """The time, to the second, with its zone."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def machine() -> dict[str, Any]:
    """The computer: system, processor kind, cores."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
