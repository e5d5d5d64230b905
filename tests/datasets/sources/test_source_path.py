"""The path of a source: variables of the environment are filled in, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.sources.source_path import source_path

SECRET = "hunter2-and-more"


def test_a_variable_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "birds").mkdir()
    monkeypatch.setenv("SOUNDS", str(tmp_path))
    assert source_path("$SOUNDS/birds", Path("/")) == tmp_path / "birds"
    assert source_path("${SOUNDS}/birds", Path("/")) == tmp_path / "birds"


@pytest.mark.parametrize(
    "named", ["$SECRET/x", "${SECRET}", "a/$SECRET/x.csv", "~$SECRET/x", "$SECRET$SECRET", "$LONG"]
)
def test_the_value_of_a_variable_is_not_shown(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", SECRET)
    monkeypatch.setenv("LONG", SECRET * 300)
    with pytest.raises(DataError) as refused:
        source_path(named, tmp_path)
    assert SECRET not in str(refused.value)
    assert named in str(refused.value)
