from __future__ import annotations

import pytest

from tonotope.datasets.split_words import parts_of


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["Trainingsdaten", "Validierungsdaten", "Testdaten"], "train validation test"),
        (["train-clean-100", "train-other-500", "dev-clean", "test-clean"],
         "train train validation test"),
        (["01_train", "02_test"], "train test"),
        (["Entrenamiento 1", "Pruebas 2"], "train test"),
        (["train_set", "eval_set", "x_unused"], "train test unused"),
    ],
)  # fmt: skip
def test_parts_in_longer_names(words: list[str], parts: str) -> None:
    assert [parts_of(words).get(word) for word in words] == parts.split()


@pytest.mark.parametrize(
    "words",
    [
        ["train whistle", "train horn"],  # vehicles
        ["test_tone", "dog"],
        ["train whistle", "test tone", "dog"],
        ["train_test", "test_train"],
    ],
)
def test_classes_that_hold_a_parts_word(words: list[str]) -> None:
    assert parts_of(words) == {}
