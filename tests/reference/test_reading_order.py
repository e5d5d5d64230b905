from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import tonotope.reference
from tonotope.reference import gradients

FOLDER = Path(tonotope.reference.__file__).parent


def test_the_chapter_is_numpy_alone() -> None:
    """Every file imported by itself: neither torch nor scipy nor librosa comes along."""
    names = [
        module.name
        for package in (tonotope.reference, gradients)
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    assert len(names) == 20
    code = (
        f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
        "print([n for n in ('torch', 'scipy', 'librosa', 'soundfile') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_file_stands_in_the_reading_order_and_in_no_other_place() -> None:
    told = re.findall(r"^    (\w+)/? {3,}\S", tonotope.reference.__doc__ or "", re.MULTILINE)
    there = {path.stem for path in FOLDER.iterdir() if not path.name.startswith("__")}
    assert set(told) == there
    assert len(told) == len(there)


def test_who_reads_in_order_meets_nothing_unread() -> None:
    """A file imports only files named above it in the chapter's list."""
    told = re.findall(r"^    (\w+)/? {3,}\S", tonotope.reference.__doc__ or "", re.MULTILINE)
    for place, name in enumerate(told):
        path = FOLDER / f"{name}.py"
        for node in ast.walk(ast.parse(path.read_text())) if path.is_file() else ():
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "tonotope.reference."
            ):
                assert str(node.module).split(".")[2] in told[:place], (name, node.module)


def test_every_operation_has_its_way_back() -> None:
    """A public function of arrays has a `_backward` of its name, or is named here with a reason."""
    for name in ("convolve", "pool", "dense", "activate", "normalise", "losses"):
        forward = _functions(FOLDER / f"{name}.py")
        back = _functions(FOLDER / "gradients" / f"{name}.py")
        assert {f"{f}_backward" for f in forward} >= {b for b in back if b.endswith("_backward")}
        assert {f for f in forward if f"{f}_backward" not in back} <= WITHOUT, name


WITHOUT = {
    # other ways to write `convolve` and `convolve_1d`, and their parts
    "convolve_loops", "convolve_1d_loops", "patch_matrix", "patches", "pad", "flip",
    "output_size", "same_padding", "pooled_size", "counts", "overhang", "as_filters",
    # the identity, a draw, and what is no layer
    "dropout_use", "draw_mask", "other_axes", "per_channel", "normal_below", "one_hot",
    "squared_distances",  # within `prototype_loss_backward`
}  # fmt: skip


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
