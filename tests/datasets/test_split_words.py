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
        (["train", "test", "sin usar", "no usado"], "train test unused unused"),
        (["entrenamiento", "prueba", "Descartado", "excluida"], "train test unused unused"),
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


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("dev_set eval_set", "train test"),
        ("entrenar validar probar", "train validation test"),
        ("trainieren validieren testen", "train validation test"),
        ("entraîner valider tester", "train validation test"),
        ("dev_audio eval_audio unused_audio", "train test unused"),
        ("entraînement évaluation", "train test"),
        ("entrai\u0302nement e\u0301valuation", "train test"),  # as macOS writes them
        ("Entwicklung Auswertung", "train test"),
        ("treino validação avaliação", "train validation test"),
        ("addestramento valutazione", "train test"),
        ("訓練 評価", "train test"),
        ("学習データ 検証データ テストデータ", "train validation test"),
        ("训练集 验证集 测试集", "train validation test"),
        ("훈련 검증 평가", "train validation test"),
        ("обучение тест", "train test"),
    ],
)
def test_parts_in_other_languages(words: str, parts: str) -> None:
    assert [parts_of(words.split()).get(word) for word in words.split()] == parts.split()
