"""Every row of the catalogue of hostile experiment files, and the rules of reading them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tonotope._errors import ExperimentError
from tonotope.experiment.experiment_file import described, load
from tonotope.experiment.spec import Experiment
from tonotope.network import ARCHITECTURES


def written(folder: Path, text: str | bytes, name: str = "experiment.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(folder: Path, text: str | bytes, *sets: str) -> str:
    with pytest.raises(ExperimentError) as caught:
        load(written(folder, text), sets)
    message = str(caught.value)
    # Whatever is wrong, no word of the libraries below may come through.
    assert not re.search(r"pydantic|Input should|validation error|https?:|Traceback", message)
    return message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "seed = 1\n\n\n\n\n[training]\nepcohs = 3\n",
            "experiment.toml line 7: unknown key `training.epcohs`; did you mean `epochs`?",
        ),
        (
            "[training]\nlr = 0.1\n",
            "experiment.toml line 2: unknown key `training.lr`; here it is called `learning_rate`",
        ),
        (
            "[split]\nzebra = 1\n",
            "experiment.toml line 2: unknown key `split.zebra`; known here: blocks_s, column, "
            "folds, seed, test, train, validation",
        ),
        (
            '[representation]\nkind = "log-mel"\nrate_hz = 16\n',
            "experiment.toml line 3: `representation.rate_hz` = 16: 16 Hz: whole numbers from 20 "
            "to 10,000,000 Hz are allowed; did you mean 16000 (16 kHz)?",
        ),
        (
            "[training]\nlearning_rate = 10\n",
            "experiment.toml line 2: `training.learning_rate` = 10 is out of range: more than 0, "
            "at most 1; usual are 0.0003 to 0.01 (`adamw`, `adam`) and 0.01 to 0.1 (`sgd`)",
        ),
        (
            '[representation]\nkind = "log-mel"\nhigh_hz = 30000\n',
            "experiment.toml line 3: `representation.high_hz` = 30000 lies above half the rate: "
            "sound at 22050 Hz holds frequencies from 0 to 11025 Hz; leave high_hz out for 11025",
        ),
        (
            '[representation]\nkind = "mfcc"\nwindow_s = 46\n',
            "experiment.toml line 3: `representation.window_s` = 46 is 1,014,300 samples at 22050 "
            "Hz; from 9.1e-05 to 2.97 s fit; the unit is the second: 46 ms is 0.046",
        ),
        (
            "[training]\nepochs = 'many'\n",
            'experiment.toml line 2: `training.epochs` = "many" does not fit: it takes a whole '
            "number, at least 1, at most 100000",
        ),
        (
            "[training]\nepochs = '40'\n",
            'experiment.toml line 2: `training.epochs` = "40" does not fit: it takes a whole '
            "number, at least 1, at most 100000; leave out the quotes",
        ),
        (
            "seed = true\n",
            "experiment.toml line 1: `seed` = true does not fit: it takes a whole number, at least "
            "0, below 2147483648",
        ),
        (
            "[training]\nclass_weights = 1\n",
            "experiment.toml line 2: `training.class_weights` = 1 does not fit: it takes true or "
            "false",
        ),
        (
            "[split]\ntrain = 85\n",
            "experiment.toml line 2: `split.train` = 85 does not fit: it takes a number, above 0, "
            "below 1; it is a share: 85 % is 0.85",
        ),
        (
            '[network]\nkind = "lenett"\n',
            'experiment.toml line 1: `network.kind` = "lenett" is unknown; did you mean `lenet`? '
            f"known: {', '.join(ARCHITECTURES)}, python (given in Python)",
        ),
        (
            "[network]\nwidths = [8]\n",
            "experiment.toml line 1: `network.kind` is missing; known: "
            f"{', '.join(ARCHITECTURES)}, python (given in Python)",
        ),
        ("network = 3\n", "experiment.toml line 1: `network` = 3 does not fit: it takes a table"),
        (
            '[network]\nkind = "layers"\nlayers = ["cnv 3"]\n',
            'experiment.toml line 3: `network.layers` = ["cnv 3"]: unknown layer `cnv`; did you '
            "mean `conv`?",
        ),
        (
            '[head]\nkind = "guess"\n',
            'experiment.toml line 1: `head.kind` = "guess" is unknown; did you mean `regress`? '
            "known: classify, regress, tag, multitask, denoise, python (given in Python)",
        ),
        ("[[variants]]\nset = {}\n", "experiment.toml line 1: `variants[0].name` is missing"),
        (
            '[[variants]]\nname = "a"\nset = { "network.dropuot" = 0 }\n',
            "variant 'a': unknown key `network.dropuot`; did you mean `dropout`?",
        ),
        (
            '[[variants]]\nname = "a"\nset = {}\n[[variants]]\nname = "a"\nset = {}\n',
            "two variants are called 'a': give each a name of its own",
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_would_fit(
    tmp_path: Path, text: str, said: str
) -> None:
    assert refusal(tmp_path, text) == said


def test_all_slips_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "seed = -1\n[training]\nlr = 1\nepochs = 0\n[split]\ntrain = 2\n"
    lines = [int(line) for line in re.findall(r"line (\d+):", refusal(tmp_path, text))]
    assert lines == [1, 3, 4, 6]


def test_a_wall_of_slips_is_cut_short(tmp_path: Path) -> None:
    text = "[training]\n" + "".join(f"wrong{number} = 1\n" for number in range(40))
    message = refusal(tmp_path, text)
    assert message.count("\n") == 6
    assert message.endswith("and 34 more like these")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", r"the file is empty; `tonotope new DATA -o experiment.toml` writes one"),
        (b"  \n\n", r"the file is empty"),
        (b"seed = 1\nname = '\xff'\n", r"experiment.toml line 2: is not UTF-8 text"),
        (b"\xff\xfes\x00e\x00", r"experiment.toml line 1: is not UTF-8 text"),
        (b"seed = 1\nseed = 2\n", r"experiment.toml line 2: `seed=?.*2` says again what was said"),
        (b"[data]\n[split]\n[data]\n", r"experiment.toml line 3: `\[data\]` says again"),
        (b"seed: 1\n", r"line 1: not TOML: `seed: 1` \(this looks like YAML"),
        (b"&a [*a, *a]\n", r"line 1: not TOML"),
        (b"source = recordings/\n", r"line 1: not TOML: .*text stands between quotes"),
        (b"seed = .5\n", r"line 1: not TOML: .*a fraction begins with a digit"),
        (b"a = " + b"[" * 5000, r"lie inside one another too deeply|not TOML"),
        (b"a = " + b"[" * 60 + b"]" * 60, r"lie inside one another more than 32 deep"),
        (b".".join([b"a"] * 100_000) + b" = 1", r"line 1: the key has too many parts"),
        (b"seed = " + b"9" * 5000, r"a number that is too long"),
        (b"# x\n" * 300_000, r"is over 1 MB"),
    ],
)
def test_what_is_no_experiment_file_is_refused(tmp_path: Path, text: bytes, said: str) -> None:
    assert re.search(said, refusal(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=r"owls\.toml: no such file; `tonotope new"):
        load(tmp_path / "owls.toml")
    with pytest.raises(ExperimentError, match="is a folder, and an experiment is a file"):
        load(tmp_path)


def test_a_mark_at_the_begin_and_carriage_returns_are_harmless(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfseed = 3\r\n[training]\r\nepochs = 4\r\n")
    assert (load(path).seed, load(path).training.epochs) == (3, 4)


def test_the_name_of_the_file_is_the_name_of_the_experiment(tmp_path: Path) -> None:
    assert load(written(tmp_path, "seed = 1", "owls.toml")).name == "owls"
    assert load(written(tmp_path, 'name = "own"', "owls.toml")).name == "own"


class TestExtends:
    def test_what_is_not_said_comes_from_the_other_file(self, tmp_path: Path) -> None:
        written(tmp_path, "seed = 1\n[training]\nepochs = 5\nmomentum = 0.5\n", "base.toml")
        path = written(tmp_path, 'extends = "base.toml"\n[training]\nepochs = 9\n', "a.toml")
        experiment = load(path)
        assert (experiment.seed, experiment.training.epochs) == (1, 9)
        assert experiment.training.momentum == 0.5

    def test_another_kind_drops_the_keys_it_does_not_know(self, tmp_path: Path) -> None:
        written(
            tmp_path, '[representation]\nkind = "log-mel"\nbands = 32\nhop_s = 0.02\n', "b.toml"
        )
        path = written(tmp_path, 'extends = "b.toml"\n[representation]\nkind = "magnitude"\n')
        assert load(path).representation.hop_s == 0.02  # pyright: ignore

    def test_paths_stay_relative_to_the_file_they_stand_in(self, tmp_path: Path) -> None:
        written(tmp_path, '[data]\nsource = "recordings"\n', "deep/er/base.toml")
        path = written(tmp_path, 'extends = "deep/er/base.toml"\n')
        assert load(path).data.source == "deep/er/recordings"
        written(tmp_path, '[data]\nsource = "orchestra"\n', "deep/er/base.toml")
        assert load(path).data.source == "orchestra"
        written(tmp_path, '[data]\nsource = "$HERE/recordings"\n', "deep/er/base.toml")
        assert load(path).data.source == "$HERE/recordings"

    def test_a_slip_in_the_other_file_is_told_there(self, tmp_path: Path) -> None:
        written(tmp_path, "\n\nsede = 1\n", "deep/base.toml")
        message = refusal(tmp_path, 'extends = "deep/base.toml"\n')
        assert message == "deep/base.toml line 3: unknown key `sede`; did you mean `seed`?"

    def test_a_circle_is_refused(self, tmp_path: Path) -> None:
        written(tmp_path, 'extends = "b.toml"\n', "a.toml")
        path = written(tmp_path, 'extends = "a.toml"\n', "b.toml")
        with pytest.raises(ExperimentError, match=r"goes in a circle: b.toml extends a.toml"):
            load(path)

    def test_a_chain_without_end_is_refused(self, tmp_path: Path) -> None:
        for number in range(40):
            written(tmp_path, f'extends = "{number + 1}.toml"\n', f"{number}.toml")
        with pytest.raises(ExperimentError, match="goes in a circle"):
            load(tmp_path / "0.toml")

    def test_what_is_not_there_is_named(self, tmp_path: Path) -> None:
        message = refusal(tmp_path, '\nextends = "bas.toml"\n')
        assert message.startswith("experiment.toml line 2: `extends` names bas.toml, and there is")
        assert "takes the name of one file" in refusal(tmp_path, "extends = 3\n")


class TestSet:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("training.epochs=7", 7),
            ("training.epochs = 7", 7),
            ("training.learning_rate=1e-3", 0.001),
        ],
    )
    def test_a_value_is_read_as_toml(self, text: str, value: float) -> None:
        training = described({}, [text]).training
        assert value in (training.epochs, training.learning_rate)

    def test_text_needs_no_quotes(self) -> None:
        data = described(
            {}, ["data.source=my recordings/", "data.label=7", "data.group='a b'"]
        ).data
        assert (data.source, data.label, data.group) == ("my recordings/", "7", "a b")

    def test_lists_and_kinds(self) -> None:
        changed = ["network.kind=layers", 'network.layers=["conv 4 3x3", "relu"]']
        assert len(described({}, changed).network.layers) == 2  # pyright: ignore

    def test_another_kind_drops_the_keys_it_does_not_know(self) -> None:
        table = {"network": {"kind": "vgg", "widths": [8, 16]}}
        assert described(table, ["network.kind=lenet"]).network.kind == "lenet"

    def test_the_last_of_two_counts(self) -> None:
        assert described({}, ["seed=1", "seed=2"]).seed == 2

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "training.epcohs=4",
                r"--set training.epcohs=4: unknown key `training.epcohs`; did you",
            ),
            ("training.epochs=many", r"--set training.epochs=many: `training.epochs` = \"many\""),
            ("training.epochs", r"write it as key=value, for example --set training.epochs=40"),
            ("=4", "write it as key=value"),
            ("a b=4", "write it as key=value"),
            ("seed.x=4", r"--set seed.x=4: `seed` = { x = 4 } does not fit"),
            ("seed=1\nname=2", r"`seed` = \"1\\nname=2\" does not fit"),
        ],
    )
    def test_a_slip_is_told_with_the_argument(self, text: str, said: str) -> None:
        with pytest.raises(ExperimentError, match=said):
            described({}, [text])


def test_describing_nothing_gives_the_defaults() -> None:
    assert described({}) == Experiment()


@pytest.mark.parametrize(
    "content", ["root:$6$hash:1:0:::\n", "seed = 1\nseed = hush\n", "a = 1\na = 'hash'\n"]
)
@pytest.mark.parametrize("between", [False, True])
def test_no_word_of_a_file_that_is_extended_and_no_toml_is_shown(
    tmp_path: Path, content: str, between: bool
) -> None:
    (tmp_path / "shadow").write_text(content)
    (tmp_path / "near.toml").write_text('extends = "shadow"\n')
    (tmp_path / "x.toml").write_text('extends = "near.toml"\n')
    with pytest.raises(ExperimentError, match=r"shadow line \d: ") as refused:
        load(tmp_path / ("x.toml" if between else "near.toml"))
    for word in ("root", "hash", "hush", "seed"):
        assert word not in str(refused.value)
