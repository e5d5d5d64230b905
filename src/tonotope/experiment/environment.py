"""The environment of a run: versions of packages, machine, date."""

from __future__ import annotations

import datetime
import os
import platform
from importlib import metadata
from typing import Any

from tonotope import __version__

_PACKAGES = ("torch", "numpy", "soundfile", "soxr", "safetensors", "pydantic", "scikit-learn")


def versions() -> dict[str, str]:
    """The versions of tonotope, Python and the packages that decide results."""
    packages = {package: installed(package) or "absent" for package in _PACKAGES}
    return {"tonotope": __version__, "python": platform.python_version(), **packages}


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
    """The time in UTC, to the second, in ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def machine() -> dict[str, Any]:
    """The computer: system, processor kind, cores."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
