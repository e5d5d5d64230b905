"""Words for parts and folds of a split, in tables and folders: train, test, fold 3, unused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from tonotope.datasets.vocabulary import bare

PARTS = ("train", "validation", "test")

_PART_WORDS: Mapping[str, Sequence[str]] = {
    "train": (
        *("train", "training", "trn", "trainset", "trainingset", "entrenamiento", "trainieren"),
        *("lernen", "apprentissage", "entraînement", "entrainement", "treino", "treinamento"),
        *("treinar", "addestramento", "entrenament", "trening", "träning", "trainen", "eğitim"),
        *("訓練", "学習", "学習用", "訓練用", "训练", "训练集", "訓練集", "훈련", "학습"),
        *("обучение", "обучающая", "обучающий", "тренировка", "тренировочная", "навчання"),
        *("entrenar", "entraîner", "entrainer", "addestrare", "trainiert", "aprendizaje"),
    ),
    "validation": (
        *("validation", "valid", "val", "dev", "devel", "development", "validate"),
        *("validationset", "valset", "devset"),
        *("validación", "validacion", "validierung", "validação", "validacao", "convalida"),
        *("validazione", "desarrollo", "développement", "entwicklung", "validatie", "validering"),
        *("validació", "validare", "doğrulama", "検証", "検証用", "開発", "验证", "验证集", "驗證"),
        *("开发", "desenvolvimento", "sviluppo", "검증", "валидация", "валидационная", "проверка"),
        *("validar", "validieren", "valider"),
    ),
    "test": (
        *(
            "test",
            "testing",
            "tst",
            "testset",
            "prueba",
            "pruebas",
            "prüfung",
            "pruefung",
            "prüfen",
        ),
        *("essai", "épreuve", "teste", "testes", "prova", "tests", "testen", "probar", "tester"),
        *("testar", "testare", "provare", "provar"),
        *("テスト", "テスト用", "試験", "测试", "测试集", "測試", "시험", "테스트", "тест"),
        *("тестовая", "тестовый", "тестирование"),
    ),
}
_PART_OF = {word: part for part, words in _PART_WORDS.items() for word in words}

# Means a part only beside the others: `tr` may be Turkish, and `cv` Chuvash.
_SHORT = {
    **dict.fromkeys(("tr",), "train"),
    **dict.fromkeys(("cv", "va", "vl", "dv", "dt"), "validation"),
    **dict.fromkeys(("tt", "te", "ts", "et"), "test"),
}
_FOLD = re.compile(
    r"(?:k?[ _-]?folds?|cv|pliegues?|falte|dobra|pli)[ _-]*(?:0*(?P<number>\d+)|(?P<letter>[a-z]))",
    re.IGNORECASE,
)
_EVALUATION = {
    *("eval", "evaluation", "evaluate", "evalset", "evaluationset", "evaluación", "evaluacion"),
    *(
        "holdout",
        "auswertung",
        "evaluierung",
        "évaluation",
        "avaliação",
        "avaliacao",
        "valutazione",
    ),
    *("evaluatie", "avaluació", "evaluering", "ocena", "değerlendirme", "評価", "評価用", "评估"),
    *("评测", "평가", "оценка", "valutazione"),
    *("evaluar", "auswerten", "évaluer", "evaluer", "avaliar", "valutare"),
}
_DEVELOPMENT = {"dev", "devel", "development", "devset", "développement", "desarrollo"} | {
    *("entwicklung", "desenvolvimento", "sviluppo", "開発", "开发"),
}
# As `bare` writes them, without spaces: `sin usar` is `sinusar`.
_UNUSED = {"unused", "ignore", "ignored", "exclude", "excluded", "skip", "discard", "extra"} | {
    *("notused", "skipped", "discarded", "rejected", "omit", "omitted", "leftout"),
    *("ignorar", "ignorado", "ignorada", "excluir", "excluido", "excluida", "excluidos"),
    *("sinusar", "nousar", "nousado", "nousada", "nousados", "nousadas", "noutilizado"),
    *("descartar", "descartado", "descartada", "descartados", "descartadas", "omitir", "omitido"),
    *("ignorieren", "unbenutzt", "ungenutzt", "ausgeschlossen", "verworfen", "nichtbenutzt"),
    *("inutilisé", "nonutilisé", "exclu", "ignoré", "écarté", "excluído", "nãousado"),
    *("nãoutilizado", "escluso", "inutilizzato", "nonusato", "scartato"),
}
UNUSED = "unused"
_MOST_PARTS = 6
# What is put behind a part's word: `Trainingsdaten`, `trainset`, `test_files`.
_ENDINGS = re.compile(
    r"s?(?:daten|data|datos|donnees|données|dados|dati|dataset|datensatz|set|sets|menge|satz|split"
    r"|part|files|audio|wavs?|用?(?:データ|セット)|集|数据|세트|셋)$"
)


def part_of(text: str) -> str | None:
    """The part of a split that a word means, or None.

    >>> part_of("Dev"), part_of("Prueba"), part_of("unused")
    ('validation', 'test', None)
    """
    return _PART_OF.get(bare(text))


def parts_of(words: Iterable[str]) -> dict[str, str]:
    """The part that each word of a column means, or `unused`; words that mean none are absent.

    `evaluation` is the test part where there is no other, else validation; `development` beside
    it trains where nothing else does.

    >>> parts_of(["development", "evaluation"])
    {'development': 'train', 'evaluation': 'test'}
    >>> parts_of(["train-clean-100", "dev-clean", "test-clean"])
    {'train-clean-100': 'train', 'dev-clean': 'validation', 'test-clean': 'test'}
    """
    return _meant(_without_short(_without_more({word: bare(word) for word in words})))


def _meant(plain: Mapping[str, str]) -> dict[str, str]:
    """The part that each word means among the others."""
    known = {_PART_OF.get(text) for text in plain.values() if text not in _DEVELOPMENT}
    found: dict[str, str] = {}
    for word, text in plain.items():
        if text in _UNUSED:
            found[word] = UNUSED
        elif text in _EVALUATION and not {"test", "validation"} <= known:
            found[word] = "validation" if "test" in known else "test"
        elif text in _DEVELOPMENT and "train" not in known:
            found[word] = "train"
        elif text in _PART_OF:
            found[word] = _PART_OF[text]
    return found


def _without_more(plain: Mapping[str, str]) -> dict[str, str]:
    """Each word's part alone, where all words hold one, and train and test are among them.

    A single `test_tone` or `train whistle` may be a class.
    """
    known = {*_PART_OF, *_EVALUATION, *_UNUSED}
    if {*plain.values()} <= known:
        return dict(plain)
    held = {word: _word_in(word, known) for word in plain}
    if all(held.values()) and {"train", "test"} <= {*_meant(held).values()}:
        return held
    return dict(plain)


def _word_in(text: str, known: Collection[str]) -> str:
    """The one word of a part in a longer name; empty where there is none, or two that differ."""
    tokens = [token for token in re.split(r"[\W\d_]+", text.casefold()) if token]
    words = {one for token in tokens for one in (token, _ENDINGS.sub("", token)) if one in known}
    return min(words) if len({_PART_OF.get(word, word) for word in words}) == 1 else ""


def _without_short(plain: Mapping[str, str]) -> dict[str, str]:
    """The words with `tr`, `cv`, `tt` and their like written out, where all words are parts."""
    written = {word: _SHORT.get(text, text) for word, text in plain.items()}
    known = {*_PART_OF, *_EVALUATION, *_UNUSED}
    whole = {"train", "test"} <= {*written.values()} and {*written.values()} <= known
    return written if whole else dict(plain)


def side_told(words: Collection[str]) -> str | None:
    """What the different words of a column tell, whatever it is called: `part`, `fold`, or None.

    >>> side_told(["entrenamiento", "prueba"]), side_told(["fold1", "fold2"]), side_told(["a", "b"])
    ('part', 'fold', None)
    """
    meant = parts_of(words)
    named = {*meant.values()} & {*PARTS}
    few = 1 < len(words) <= _MOST_PARTS
    if few and "train" in named and (len(named) > 1 or len(words) == 2):
        return "part"
    if few and len(named) > 1 and len(meant) == len(words):
        return "part"  # without a train part
    return "fold" if len(words) > 1 and all(map(fold_number, words)) else None


def fold_number(word: str) -> str | None:
    """The number or letter of a fold that a word such as `fold3` or `Pliegue 3` means, or None.

    >>> fold_number("fold_03"), fold_number("Fold B"), fold_number("unfold"), fold_number("3")
    ('3', 'B', None, None)
    """
    found = _FOLD.fullmatch(word.strip())
    return found and (found["number"] or found["letter"])
