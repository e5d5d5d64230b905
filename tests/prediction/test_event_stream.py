"""Events of sound files, by a network made by hand: it hears a low tone, a high one, or neither."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

import tonotope as tt
from tonotope._errors import DataError, ExperimentError
from tonotope._progress import Progress
from tonotope.heads import Classify, Multitask, Part, Regress, Tag
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.prediction import stream
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.event_files import names_apart
from tonotope.prediction.event_rule import rule_of
from tonotope.representation import LogMel

RATE = 8000
LOW, HIGH = 400, 2500
TRUTH = [(4.0, 7.0, LOW), (9.0, 9.4, HIGH), (12.0, 14.0, HIGH), (14.0, 16.0, LOW)]


def made_by_hand(head: tt.Task) -> Model:
    """The first output is sure of a low tone, the second of a high one, from half a clip on."""
    layers = Layers(layers=["globalpool time mean"])
    hears = LogMel(rate_hz=RATE, window_s=0.032, hop_s=0.016, bands=16)
    model = Model.build(hears, layers, head, clip_samples=RATE, seed=0)
    model.standardise.set(
        torch.full_like(model.standardise.mean, -50.0),
        torch.full_like(model.standardise.mean, 15.0),
    )
    for name, weight in model.head.named_parameters():
        weight.data.zero_()
        if name.endswith("weight"):
            weight.data[0, 2] = weight.data[-1 if len(weight) == 1 else 1, 12] = 8.0
    return model.eval()


CLASSES = ("low", "high", "_background_noise_")


@pytest.fixture(scope="module")
def model() -> Model:
    return made_by_hand(Classify(classes=CLASSES))


def tones(seconds: float, truth: list[tuple[float, float, int]], seed: int = 0) -> np.ndarray:
    """Tones in noise 57 dB below them."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    wave = 1e-4 * rng.standard_normal(len(times))
    for begin, end, pitch_hz in truth:
        wave += (times >= begin) * (times < end) * 0.1 * np.sin(2 * np.pi * pitch_hz * times)
    return wave.astype(np.float32)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    path = tmp_path / "night.wav"
    soundfile.write(path, tones(20.0, TRUTH), RATE, subtype="FLOAT")
    return path


def near(events: list[tt.Event], truth: list[tuple[float, float, int]], within_s: float) -> bool:
    names = {LOW: "low", HIGH: "high"}
    return [one.label for one in events] == [names[pitch] for *_, pitch in truth] and all(
        abs(one.start_s - begin) <= within_s and abs(one.end_s - end) <= within_s
        for one, (begin, end, _) in zip(events, truth, strict=True)
    )


def test_events_are_where_the_sounds_are(model: Model, night: Path) -> None:
    events = list(tt.predict(model, night, per="event"))
    # Times are true to within a hop, about a quarter of a clip.
    assert near(events, TRUTH, 0.26)
    assert {one.file for one in events} == {str(night)}
    assert all(one.score is not None and one.score > 0.6 for one in events)


def test_a_finer_hop_gives_finer_times(model: Model, night: Path) -> None:
    events = list(tt.predict(model, night, per="event", hop_s=0.1))
    assert near(events, [one for one in TRUTH if one[1] - one[0] > 0.5], 0.21)


@pytest.mark.parametrize("batch_size", [1, 3, 32, 500])
def test_batches_and_company_do_not_matter(
    model: Model, night: Path, tmp_path: Path, batch_size: int
) -> None:
    other = tmp_path / "short.wav"
    soundfile.write(other, tones(0.7, [(0.0, 0.7, HIGH)]), RATE, subtype="FLOAT")
    ensemble = Ensemble(model)
    rule, hop, _ = rule_of(ensemble)
    files = [night, other, night]
    expected = [one for file in files for one in stream.events(ensemble, [file], rule, hop)]
    found = list(stream.events(ensemble, files, rule, hop, batch_size=batch_size))
    assert found == expected
    assert [one.end_s for one in found if isinstance(one, stream.RecordingEnd)] == [20.0, 0.7, 20.0]
    [short] = [one for one in found if isinstance(one, tt.Event) and one.file == str(other)]
    assert (short.start_s, short.end_s, short.label) == (0.0, 0.7, "high")


class Said(Progress):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)


def test_digital_silence_holds_no_event_and_that_is_said(tmp_path: Path) -> None:
    # Whatever is not loud is `low` to this network.
    model = made_by_hand(Classify(classes=("low", "high")))
    for name, weight in model.head.named_parameters():
        if name.endswith("weight"):
            weight.data[0, 2] = -0.5
    wave = tones(20.0, [(0.0, 20.0, HIGH)])
    wave[5 * RATE : 12 * RATE] = 0.0
    path = tmp_path / "gap.wav"
    soundfile.write(path, wave, RATE, subtype="PCM_16")
    said = Said()
    events = list(tt.predict(model, path, per="event", threshold=0.7, progress=said))
    windows = [one for one in tt.predict(model, path, per="window") if 6 <= one.start_s < 11]
    assert {one.label for one in windows} == {"low"}
    assert [(one.label, round(one.start_s), round(one.end_s)) for one in events] == [
        ("high", 0, 5), ("high", 12, 20)
    ]  # fmt: skip
    [sentence] = [one for one in said.said if "digital silence" in one]
    assert sentence.startswith(f"{path}: 6.")
    assert sentence.endswith(" s of it are digital silence, where no event is named")


def test_auto_is_what_the_head_knows_and_0_5_is_said(model: Model, night: Path) -> None:
    said = Said()
    settings = tt.predict(model, night, per="event", progress=said).settings
    assert settings["thresholds"] == {"low": 0.5, "high": 0.5}
    assert settings["background"] == ["_background_noise_"]
    assert [one for one in said.said if "the threshold is 0.5 there" in one]
    knows = [
        model.with_head(Classify(classes=CLASSES, reject_below=(low, 0.8, 0.1)))
        for low in (0.6, 0.7)
    ]
    said = Said()
    rule, _, settings = rule_of(Ensemble(knows), progress=said)
    assert settings["thresholds"] == {"low": 0.65, "high": 0.8}
    assert set(settings["thresholds_from"].values()) == {"validation"}
    assert rule.enter.round(6).tolist() == [0.65, 0.8, 0.1]
    assert not said.said
    given = rule_of(Ensemble(knows), threshold={"*": 0.3, "high": "auto"}).settings
    assert given["thresholds"] == {"low": 0.3, "high": 0.8}
    assert given["thresholds_from"] == {"low": "given", "high": "validation"}


def test_beside_a_background_auto_is_no_more_than_windows_of_a_part_reach(model: Model) -> None:
    sure = (0.97, 0.7, 0.99)
    settings = rule_of(Ensemble([model.with_head(Classify(classes=CLASSES, reject_below=sure))]))
    assert settings.settings["thresholds"] == {"low": 0.8, "high": 0.7}
    assert settings.settings["thresholds_from"] == {"low": "background", "high": "validation"}
    names = tuple(name.replace("_background_noise_", "wind") for name in CLASSES)
    alone = rule_of(Ensemble([model.with_head(Classify(classes=names, reject_below=sure))]))
    assert [*alone.settings["thresholds"].values()] == [0.97, 0.7, 0.99]
    given = rule_of(Ensemble([model.with_head(Classify(classes=CLASSES, reject_below=sure))]),
                    threshold=0.9)  # fmt: skip
    assert given.settings["thresholds"] == {"low": 0.9, "high": 0.9}


def test_any_of_several_tags_may_sound_at_once(tmp_path: Path) -> None:
    model = made_by_hand(Tag(labels=("low", "high"), thresholds=(0.5, 0.999)))
    path = tmp_path / "both.wav"
    wave = tones(12.0, [(2.0, 9.0, LOW), (5.0, 8.0, HIGH)])
    soundfile.write(path, wave, RATE, subtype="FLOAT")
    events = list(tt.predict(model, path, per="event"))
    assert [one.label for one in events] == ["low", "high"]
    assert abs(events[1].start_s - 5.0) < 0.6
    assert tt.predict(model, path, per="event").settings["thresholds"]["high"] == 0.999


def test_of_several_tasks_the_label_names_the_task(night: Path) -> None:
    head = Multitask(
        tasks=(
            Part(name="tone", head=Classify(classes=CLASSES)),
            Part(name="marks", head=Tag(labels=("low", "loud"))),
            Part(name="pitch", head=Regress(targets=("pitch_hz",), means=(1.0,), spreads=(1.0,))),
        )
    )
    model = made_by_hand(head)
    found = tt.predict(model, night, per="event", threshold={"marks: low": 0.7, "high": 0.6})
    assert found.settings["thresholds"] == {
        "tone: low": 0.5, "tone: high": 0.6, "marks: low": 0.7, "marks: loud": 0.5
    }  # fmt: skip
    assert {one.label for one in found} == {"tone: low", "tone: high", "marks: low", "marks: loud"}
    with pytest.raises(ExperimentError, match=r"`low`: several are called so .`tone: low`, `marks"):
        tt.predict(model, night, per="event", threshold={"low": 0.7})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 2}, "a threshold of 2: a number above 0 and up to 1"),
        ({"threshold": 0}, "a threshold of 0:"),
        ({"threshold": "0,5"}, "a threshold of 0,5:"),
        ({"threshold": {"low": float("nan")}}, "a threshold of nan:"),
        ({"threshold": {"hihg": 0.5}}, "`hihg`: no class or tag .*did you mean `high`"),
        ({"min_length_s": -1}, "min_length_s = -1: a length in seconds"),
        ({"merge_s": float("inf")}, "merge_s = inf"),
        ({"merge_s": 1e6}, "merge_s = 1e.06"),
        ({"hop_s": 2.0}, "a hop of 2 s"),
        ({"per": "window", "merge_s": 1.0}, "merge_s decides what is an event"),
        ({"per": "events"}, "`recording`, `window` or `event` would fit"),
    ],
)
def test_what_does_not_fit_is_refused(
    model: Model, night: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ExperimentError, match=message):
        tt.predict(model, night, **({"per": "event"} | options))  # pyright: ignore


def test_numbers_are_no_events(night: Path) -> None:
    model = made_by_hand(Regress(targets=("pitch_hz",)))
    with pytest.raises(ExperimentError, match=r"of a class or a tag, and .* answer with numbers"):
        tt.predict(model, night, per="event")


def test_a_file_that_cannot_be_read_is_left_out(model: Model, night: Path) -> None:
    broken = night.with_name("broken.wav")
    broken.write_bytes(b"RIFF")
    found = tt.predict(model, [broken, night], per="event")
    assert len(list(found)) == 4
    assert [one.file for one in found.skipped] == [str(broken)]
    with pytest.raises(DataError, match="not one recording could be labelled"):
        list(tt.predict(model, broken, per="event"))


def test_events_are_written_with_their_settings_beside_them(model: Model, night: Path) -> None:
    events = list(tt.predict(model, night, per="event"))
    for to in ("csv", "jsonl", "audacity"):
        out = night.with_name(f"heard.{to}")
        found = tt.predict(model, night, per="event", merge_s=0.4)
        found.write(out, to)
        text = out.read_text()
        told = json.loads(night.with_name("heard.settings.json").read_text())
        assert told == json.loads(json.dumps(found.settings))
        assert (told["merge_s"], told["models"], told["hop_s"]) == (0.4, 1, 0.256)
        if to == "csv":
            assert text.splitlines()[0] == "file,start_s,end_s,label,score,low_hz,high_hz"
            assert text.splitlines()[1].startswith(f"{night},{events[0].start_s:g},")
        elif to == "jsonl":
            held = [json.loads(line) for line in text.splitlines()]
            assert [(one["start_s"], one["label"]) for one in held] == [
                (one.start_s, one.label) for one in events
            ]
            assert held[0]["score"] == pytest.approx(events[0].score, abs=0.01)
            assert held[0]["low_hz"] is None
        else:
            lines = [line.rpartition(" ") for line in text.splitlines()]
            assert [one for one, *_ in lines] == [
                f"{one.start_s:.6f}\t{one.end_s:.6f}\t{one.label}" for one in events
            ]
            assert re.fullmatch(r"0\.\d\d", lines[0][2])
    frame = tt.predict(model, night, per="event").to_dataframe()
    assert list(frame["label"]) == [one.label for one in events]


def test_a_label_track_is_of_one_recording(
    model: Model, night: Path, write: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    again = tmp_path / "b" / "night.wav"
    again.write_bytes(night.read_bytes())
    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, tones(5.0, []), RATE, subtype="FLOAT")
    files = [night, quiet, again]
    with pytest.raises(ExperimentError, match="3 recordings and one label track"):
        tt.predict(model, files, per="event").write(tmp_path / "all.txt", "audacity")
    tt.predict(model, files, per="event").write(tmp_path / "tracks", "audacity")
    names = sorted(one.name for one in (tmp_path / "tracks").iterdir())
    assert names == sorted(
        ["b-night.txt", f"{tmp_path.name}-night.txt", "quiet.txt", "events.settings.json"]
    )
    assert (tmp_path / "tracks" / "quiet.txt").read_text() == ""
    assert len((tmp_path / "tracks" / "b-night.txt").read_text().splitlines()) == 4


def test_names_are_told_apart_in_every_system() -> None:
    names = names_apart(["a/X.wav", "a/x.flac", "c/a/x.wav", "y.wav", "c/a/x.wav"], ".txt")
    assert len({one.casefold() for one in names.values()}) == 4
    assert names["y.wav"] == "y.txt"
