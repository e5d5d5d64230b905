"""Model folders: what was saved is read exactly, and nothing a stranger put there is trusted."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from tonotope import _files
from tonotope._errors import ModelFileError, TonotopeError
from tonotope.model import Model, safe_read
from tonotope.model.serialise import DESCRIPTION, WEIGHTS

Change = Callable[[Any], Any]


def change_description(folder: Path, change: Change) -> None:
    """Edit model.json as an attacker would: everything else still fits."""
    path = folder / DESCRIPTION
    told = json.loads(path.read_text())
    path.write_text(json.dumps(change(told) or told))


def put_weights(folder: Path, data: bytes) -> None:
    """Replace the weights, and the checksum with them."""
    (folder / WEIGHTS).write_bytes(data)

    def renewed(told: dict[str, Any]) -> None:
        told["weights"] |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    change_description(folder, renewed)


def change_tensors(folder: Path, change: Callable[[dict[str, Tensor]], None]) -> None:
    data = (folder / WEIGHTS).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    state = safetensors.torch.load(data)
    change(state)
    put_weights(folder, safetensors.torch.save(state, metadata))


def refused(folder: Path, match: str) -> None:
    with pytest.raises(ModelFileError, match=match):
        Model.load(folder)


def test_a_saved_model_answers_the_same(model: Model, saved: Path) -> None:
    loaded = Model.load(saved)
    wave = torch.randn(4, 2000)
    assert torch.equal(loaded(wave)["label"], model(wave)["label"])
    assert loaded.description == model.description
    assert not loaded.training


def test_saving_again_replaces_both_files(model: Model, saved: Path) -> None:
    with torch.no_grad():
        model.head.get_parameter("outputs.label.bias").add_(1.0)
    model.save(saved)
    assert torch.equal(
        Model.load(saved).head.get_parameter("outputs.label.bias"),
        model.head.get_parameter("outputs.label.bias"),
    )
    assert {path.name for path in saved.iterdir()} == {DESCRIPTION, WEIGHTS}


def test_saved_again_the_bytes_are_the_same(model: Model, tmp_path: Path) -> None:
    """The library writes metadata in an order that changes from call to call."""
    for number in range(12):
        model.save(tmp_path / f"{number}")
    for name in (WEIGHTS, DESCRIPTION):
        assert len({(tmp_path / f"{number}" / name).read_bytes() for number in range(12)}) == 1
    data = (tmp_path / "0" / WEIGHTS).read_bytes()
    assert (8 + int.from_bytes(data[:8], "little")) % 8 == 0
    loaded = safetensors.torch.load(data)
    assert all(torch.equal(loaded[name], tensor) for name, tensor in model.state_dict().items())
    with safetensors.safe_open(tmp_path / "0" / WEIGHTS, "pt") as file:
        assert file.metadata().keys() == {"format", "description_sha256"}


def test_the_description_can_be_run_by_another_program(saved: Path) -> None:
    told = json.loads((saved / DESCRIPTION).read_text())
    assert told["format"] == "tonotope model"
    assert told["format_version"] == 1
    assert told["shapes"] == [[1, 14, 8], [4, 14, 8], [4, 14, 8], [4, 14, 8], [8, 1, 8]]
    conv = told["network"][0]
    assert (conv["kind"], conv["filters"], conv["kernel"]) == ("conv", 4, [3, 3])
    assert conv["stride"] == [1, 1]
    data = (saved / WEIGHTS).read_bytes()
    assert told["weights"] == {
        "file": WEIGHTS, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip


def test_nothing_there(tmp_path: Path) -> None:
    refused(tmp_path, r"model\.json: no model is here")


def test_weights_missing(saved: Path) -> None:
    (saved / WEIGHTS).unlink()
    refused(saved, r"model\.safetensors: the weights are missing")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x80\x04", "a pickle"),
        (b"\x80\x02", "a pickle"),
        (b"PK\x03\x04", "zip file, as `torch.save` writes"),
        (b"\x1f\x8b", "joblib"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    ],
)
@pytest.mark.parametrize("honest", [True, False])
def test_other_kinds_of_file_are_refused_by_content(
    saved: Path, head: bytes, kind: str, honest: bool
) -> None:
    data = head + b"os\nsystem\n(S'true'\ntR." * 4
    put_weights(saved, data) if honest else (saved / WEIGHTS).write_bytes(data)
    refused(saved, rf"model\.safetensors: this is .*{kind}.*")


def test_a_pickled_payload_does_not_run(saved: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    put_weights(saved, b"cos\nsystem\n(S'touch " + str(canary).encode() + b"'\ntR.")
    refused(saved, r"model\.safetensors: ")
    put_weights(saved, b"\x80\x04cos\nsystem\n(S'touch " + str(canary).encode() + b"'\ntR.")
    refused(saved, "a pickle; it was not opened")
    assert not canary.exists()


@pytest.mark.parametrize("place", [0, 4, 9, 200, -1, -50])
def test_a_flipped_byte(saved: Path, place: int) -> None:
    data = bytearray((saved / WEIGHTS).read_bytes())
    data[place] ^= 1
    (saved / WEIGHTS).write_bytes(data)
    refused(saved, "damaged: checksum mismatch")


@pytest.mark.parametrize("length", [1, 8, 100, 1000, -1])
def test_truncated(saved: Path, length: int) -> None:
    data = (saved / WEIGHTS).read_bytes()
    (saved / WEIGHTS).write_bytes(data[:length])
    refused(saved, "damaged: (checksum mismatch|only 1 bytes long)")


def test_empty(saved: Path) -> None:
    (saved / WEIGHTS).write_bytes(b"")
    refused(saved, "damaged: empty file")


def test_wrong_dtype(saved: Path) -> None:
    def halve(state: dict[str, Tensor]) -> None:
        state["network.1-conv.bias"] = state["network.1-conv.bias"].half()

    change_tensors(saved, halve)
    refused(saved, r"tensor `network\.1-conv\.bias` is F16, expected F32")


def test_wrong_shape(saved: Path) -> None:
    def widen(state: dict[str, Tensor]) -> None:
        state["head.outputs.label.weight"] = torch.zeros(4, 64)

    change_tensors(saved, widen)
    refused(saved, r"`head\.outputs\.label\.weight` has shape 4 × 64, expected 3 × 64")


def test_missing_tensor(saved: Path) -> None:
    def lose(state: dict[str, Tensor]) -> None:
        del state["standardise.std"]

    change_tensors(saved, lose)
    refused(saved, r"the tensor `standardise\.std` is missing")


def test_extra_tensor(saved: Path) -> None:
    change_tensors(saved, lambda state: state.update(extra=torch.zeros(1)))
    refused(saved, "there is a tensor `extra` that the model does not have")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(saved: Path, value: float) -> None:
    def spoil(state: dict[str, Tensor]) -> None:
        state["network.1-conv.weight"][0, 0, 0, 0] = value

    change_tensors(saved, spoil)
    refused(saved, r"`network\.1-conv\.weight` holds NaN or infinite values")


def header(facts: object, body: bytes = b"") -> bytes:
    told = json.dumps(facts).encode()
    return struct.pack("<Q", len(told)) + told + body


METADATA = {"format": "tonotope model"}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (struct.pack("<Q", 2**62) + b"{}", "header claims .* at most"),
        (struct.pack("<Q", 5000) + b"{}", "cut off at 10 bytes, inside its header"),
        (header([1, 2]), "not a JSON object"),
        (struct.pack("<Q", 4) + b"\xff\xfe{}", "not a JSON object"),
        (struct.pack("<Q", 15) + b'{"a":1, "a": 2}', "a key appears twice"),
        (header({"__metadata__": {"a": 1}}), "metadata is not text"),
        (header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}), "describe the t"),
        (header({"a": {"dtype": "F32", "shape": "x", "data_offsets": [0, 4]}}), "describe the t"),
        (header({"a": 3}), "does not describe the tensor `a`"),
        (struct.pack("<Q", 200_000) + b"[" * 200_000, "not a JSON object"),
    ],
)
def test_hostile_headers(saved: Path, data: bytes, told: str) -> None:
    put_weights(saved, data)
    refused(saved, told)


def test_too_many_tensors(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_read, "MOST_TENSORS", 5)
    refused(saved, "lists 11 tensors; at most 5")


def test_overlapping_offsets(saved: Path) -> None:
    data = (saved / WEIGHTS).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    facts = json.loads(data[8 : 8 + length])
    facts["standardise.std"]["data_offsets"] = facts["standardise.mean"]["data_offsets"]
    put_weights(saved, header(facts, data[8 + length :]))
    refused(saved, "damaged: its header does not fit its content")


def test_a_file_longer_than_the_model_can_be(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tonotope.model.serialise.LONGEST_HEADER", 10)
    refused(saved, r"model\.safetensors: .* bytes long; at most .* can belong to this model")


def test_a_later_format(saved: Path) -> None:
    change_description(saved, lambda told: told.update(format_version=2, unheard_of=1))
    refused(saved, r"later version of tonotope \(format 2; .* reads up to 1\): pip install --upg")


@pytest.mark.parametrize("version", ["1", None, 0, True, 1.0])
def test_a_format_version_that_is_none(saved: Path, version: object) -> None:
    change_description(saved, lambda told: told.update(format_version=version))
    refused(saved, "`format_version` should be a whole number from 1")


def test_a_foreign_json(saved: Path) -> None:
    (saved / DESCRIPTION).write_text('{"model_type": "wav2vec2"}')
    refused(saved, "not a model of tonotope")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t["network"].insert(0, {"kind": "os.system"}), "(?s)network.*os.system"),
        (lambda t: t["network"][0].update(code="import os"), "network.*code"),
        (lambda t: t["network"][0].update(filters=10**9), "cannot be built|describes no|network"),
        (lambda t: t["head"].update(kind="builtins.eval"), "`head"),
        (lambda t: t["representation"].update(kind="module.Path"), "`representation`"),
        (lambda t: t["representation"].update(rate_hz=16000), "rate_hz is 8000 for the model"),
        (lambda t: t.update(clip_samples=10), "describes no model that can be built"),
        (lambda t: t.update(clip_samples=-5), "`clip_samples`"),
        (lambda t: t.update(custom_code="x.py"), "`custom_code`"),
        (lambda t: t.pop("shapes"), "sizes in `shapes`"),
        (lambda t: t["weights"].update(file="../../etc/passwd"), "does not name its weights"),
        (lambda t: t["weights"].pop("sha256"), "not name its weights"),
    ],
)
def test_descriptions_outside_the_vocabulary(saved: Path, change: Change, told: str) -> None:
    change_description(saved, lambda t: change(t) and None)
    refused(saved, told)


def test_another_class_list_is_noticed(saved: Path) -> None:
    change_description(saved, lambda told: told["head"].update(classes=["c", "b", "a"]))
    refused(saved, "does not belong to its weights: classes, layers or rate were changed")


@pytest.mark.parametrize("text", ["", "{", "[1]", "\0", '{"format": NaN}', "[" * 100_000])
def test_a_description_that_is_no_json(saved: Path, text: str) -> None:
    (saved / DESCRIPTION).write_text(text)
    refused(saved, r"model\.json: damaged: not a JSON object")


def test_an_endless_description(saved: Path) -> None:
    (saved / DESCRIPTION).write_text(" " * 9_000_000)
    refused(saved, r"model\.json: 9,000,000 bytes long; at most 8,000,000")


def test_half_a_save_is_refused(model: Model, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New weights in place, the description not yet: no model rather than a mixture."""
    with torch.no_grad():
        model.head.get_parameter("outputs.label.bias").add_(1.0)
    with monkeypatch.context() as patch:
        patch.setattr(
            "tonotope.model.serialise.write_text",
            lambda *_: (_ for _ in ()).throw(TonotopeError("full")),
        )
        with pytest.raises(TonotopeError, match="full"):
            model.save(saved)
    refused(saved, "no model is here")
    assert not list(saved.glob(f"{_files.LEFTOVER}*"))


def test_saving_the_same_again_never_takes_the_description_away(
    model: Model, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that goes on saves the model it has already: a full disk must not cost it."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(TonotopeError, match="No space left"):
        model.save(saved)
    Model.load(saved)
