"""`tonotope doctor`: what is installed, what is missing, and what the machine can do."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import typer

from tonotope._wording import counted
from tonotope.cli import language, terminal
from tonotope.cli.app import AsJson, app, examples

_CORE = ("torch", "numpy", "soundfile", "soxr", "safetensors", "pydantic", "scikit-learn", "jinja2")
_MODULES = {"scikit-learn": "sklearn"}
_EXTRAS = {"mirdata": "music data sets", "soundata": "sound data sets",
           "pandas": "tables as data frames", "miniaudio": "a microphone",
           "python-osc": "answers by OSC"}  # fmt: skip
# They need CUDA libraries at import and pull others down with them; nothing here uses them.
_TROUBLE = ("torchvision", "torchaudio", "torchcodec")
_CPU_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16")


@app.command(epilog=examples("tonotope doctor", "tonotope doctor --json"))
def doctor(as_json: AsJson = False) -> None:
    """What is installed, and what is missing."""
    found = examine()
    if as_json:
        terminal.out_json(found)
    else:
        _print(found)
    if found["missing"]:
        raise typer.Exit(2)


def examine() -> dict[str, Any]:
    """Everything worth knowing about this installation, as plain values."""
    from tonotope import __version__
    from tonotope.experiment.environment import installed, machine

    broken = {name: _import_error(_MODULES.get(name, name)) for name in _CORE}
    trouble = {name: installed(name) for name in _TROUBLE if installed(name)}
    return {
        "tonotope": __version__,
        "python": sys.version.split()[0],
        "machine": {**machine(), "flags": _flags()},
        "packages": {name: installed(name) for name in _CORE},
        "missing": {name: why for name, why in broken.items() if why},
        "extras": {name: installed(name) for name in _EXTRAS},
        "torch": {} if broken["torch"] else _torch(),
        "sound": {} if broken["soundfile"] else _sound(),
        "cache": _cache(),
        "hints": [*_hints(bool(broken["torch"])), *_trouble_hints(trouble)],
    }


def _torch() -> dict[str, Any]:
    import torch

    cuda = torch.version.cuda
    return {
        "version": torch.__version__,
        "build": f"CUDA {cuda}" if cuda else "CPU",
        "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else None,
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


def _sound() -> dict[str, Any]:
    import soundfile

    return {
        "libsndfile": soundfile.__libsndfile_version__,
        "formats": sorted(soundfile.available_formats()),
    }


def _cache() -> dict[str, Any]:
    from tonotope._files import cache_folder

    folder = cache_folder()
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    near = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    return {
        "folder": str(folder),
        "files": len(files),
        "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "free_gigabytes": round(shutil.disk_usage(near).free / 1e9, 1),
    }


def _hints(no_torch: bool) -> list[str]:
    """What would make this installation better."""
    from importlib.metadata import distributions

    hints: list[str] = []
    if no_torch:
        return hints
    import torch

    nvidia = sorted({one.name for one in distributions() if one.name.startswith("nvidia-")})
    if nvidia and not torch.cuda.is_available():
        hints.append(
            f"{len(nvidia)} NVIDIA packages are installed and no GPU can be used; PyTorch's CPU "
            "build is about 2.5 GB smaller: pytorch.org, under Get Started, says how to install it"
        )
    threads = os.environ.get("OMP_NUM_THREADS")
    if threads and threads != str(os.cpu_count()):
        hints.append(f"OMP_NUM_THREADS={threads} holds PyTorch to that many threads")
    return hints


def _trouble_hints(trouble: dict[str, str | None]) -> list[str]:
    return [
        f"{name} {version} is installed; tonotope does not use it, and it fails beside a CPU "
        f"build of PyTorch: pip uninstall {name}"
        for name, version in trouble.items()
        if _import_error(name)
    ]


def _import_error(module: str) -> str:
    """Why a module cannot be imported; empty where it can."""
    try:
        importlib.import_module(module)
    except Exception as error:  # whatever a broken package raises is what is reported here
        return f"{type(error).__name__}: {error}".split("\n")[0]
    return ""


def _flags() -> list[str]:
    """The processor's abilities that matter here, where the system names them."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    for line in text.split("\n"):
        if line.lower().startswith(("flags", "features")):
            has = set(line.partition(":")[2].split())
            return [flag for flag in _CPU_FLAGS if flag in has]
    return []


def _print(found: dict[str, Any]) -> None:
    """The same for a person."""
    torch, sound, cache, machine = (found[key] for key in ("torch", "sound", "cache", "machine"))
    cores = counted(machine["cores"], "core")
    rows: list[tuple[str, str]] = [
        ("tonotope", f"{found['tonotope']} on Python {found['python']}"),
        ("machine", f"{cores}, {machine['machine']}, {machine['system']}"),
    ]
    if machine["flags"]:
        rows.append(("processor", ", ".join(machine["flags"])))
    if torch:
        gpu = torch["gpu"] or "no GPU"
        threads = counted(torch["threads"], "thread")
        text = f"{torch['version']} built for {torch['build']}, {threads}, {gpu}"
        rows.append(("torch", text))
    if sound:
        rows.append(("sound files", f"libsndfile {sound['libsndfile']}: {_some(sound['formats'])}"))
    others = (one for one in found["packages"].items() if one[0] != "torch")
    rows += [(name, version or "absent") for name, version in others]
    rows += [(f"[{name}]", _extra(name, version)) for name, version in found["extras"].items()]
    text = f"{cache['folder']}, {cache['megabytes']:,.0f} MB in {cache['files']:,} files"
    rows.append(("cache", f"{text}, {cache['free_gigabytes']:,.0f} GB free"))
    rows = [(language.word(name), language.word(text)) for name, text in rows]
    for line in terminal.table(rows):
        terminal.tell(line)
    for hint in found["hints"]:
        terminal.say(f"hint: {terminal.safe(hint)}")
    for name, why in found["missing"].items():
        terminal.complain(f"{name} cannot be imported ({why}); pip install {name} puts it back")
    if not found["missing"]:
        terminal.say(terminal.good("Everything that is needed is here.", sys.stderr))


def _extra(name: str, version: str | None) -> str:
    return version or f"absent ({_EXTRAS[name]}): pip install {name}"


def _some(formats: list[str]) -> str:
    known = ("WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "CAF", "RF64")
    return ", ".join(name for name in known if name in formats)
