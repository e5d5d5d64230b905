"""The toy orchestra: equal for ever, in tune, and unlike from player to player."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope._errors import DataError, TonotopeError
from tonotope._progress import Progress
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.orchestra import orchestra as module
from tonotope.datasets.orchestra.orchestra import INSTRUMENTS, PLAYERS, Instrument, note, orchestra
from tonotope.datasets.orchestra.tones import RATE_HZ, SAMPLES, Note, Player
from tonotope.datasets.split import split
from tonotope.datasets.split_plan import SplitPlan

BY_NAME = {instrument.name: instrument for instrument in INSTRUMENTS}
PLAYER = Player(
    tuning_cents=0.0,
    body=1.0,
    peaks_db=(0.0, 0.0, 0.0, 0.0),
    brightness_db=0.0,
    touch=0.3,
    attack=1.0,
    ring=1.0,
    vibrato_hz=5.5,
    vibrato=1.0,
    noise=1.0,
)
EVERY = pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda one: one.name)


def dry(name: str, played: Note, who: Player = PLAYER, seed: int = 0) -> np.ndarray:
    return BY_NAME[name].play(who, played, np.random.default_rng(seed))


def spectrum(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hz and magnitude, finely enough to read cents from."""
    padded = 1 << 19
    return np.fft.rfftfreq(padded, 1 / RATE_HZ), np.abs(
        np.fft.rfft(wave * np.hanning(len(wave)), padded)
    )


def measured_hz(wave: np.ndarray, near_hz: float, cents: float = 70.0) -> float:
    """The strongest frequency within some cents of one."""
    frequency_hz, size = spectrum(wave)
    inside = np.abs(1200 * np.log2(np.maximum(frequency_hz, 1e-9) / near_hz)) < cents
    return float(frequency_hz[np.argmax(np.where(inside, size, 0.0))])


def level_at(wave: np.ndarray, frequency_hz: float) -> float:
    """The size of the partial near a frequency, in dB."""
    axis, size = spectrum(wave)
    inside = np.abs(axis - frequency_hz) < 12
    return 20 * float(np.log10(size[inside].max()))


def centroid_hz(wave: np.ndarray) -> float:
    frequency_hz, size = spectrum(wave)
    return float(np.sum(frequency_hz * size**2) / np.sum(size**2))


def hashes(manifest: Manifest) -> dict[str, str]:
    return {one.id: one.sha256 for one in manifest.recordings}


def test_there_are_four_families_of_four() -> None:
    families = [instrument.family for instrument in INSTRUMENTS]
    assert {family: families.count(family) for family in families} == {
        "plucked": 4,
        "bowed": 4,
        "blown": 4,
        "struck": 4,
    }
    assert len(BY_NAME) == 16


def test_a_manifest_of_the_orchestra(tmp_path: Path) -> None:
    manifest = orchestra(16, folder=tmp_path)
    assert len(manifest.recordings) == 16
    assert manifest.root == tmp_path
    assert set(manifest.labels("label")) == set(BY_NAME)
    for one in manifest.recordings:
        assert BY_NAME[one.targets["label"]].family == one.targets["family"]
        assert one.group.startswith(one.targets["label"])
        assert -24 <= float(one.targets["dynamics_db"]) <= 0
        assert (one.rate_hz, one.channels, one.duration_s) == (RATE_HZ, 1, 1.3)
        samples, rate_hz = soundfile.read(one.path, dtype="int16")
        assert (len(samples), rate_hz) == (SAMPLES, RATE_HZ)
        assert 300 < np.abs(samples.astype(int)).max() < 32767 * 0.9
    assert "16 instruments in 4 families; a group is a player" in manifest.notes[0]


def test_fewer_notes_are_the_first_of_more(tmp_path: Path) -> None:
    few, more = orchestra(2, folder=tmp_path / "few"), orchestra(18, folder=tmp_path / "more")
    assert hashes(few).items() <= hashes(more).items()
    assert few.digest != more.digest


def test_the_seed_decides(tmp_path: Path) -> None:
    first = hashes(orchestra(3, seed=1, folder=tmp_path / "1"))
    again = hashes(orchestra(3, seed=1, folder=tmp_path / "again"))
    other = hashes(orchestra(3, seed=2, folder=tmp_path / "2"))
    assert first == again
    assert not set(first.values()) & set(other.values())


def test_the_whole_orchestra_is_even() -> None:
    turns = list(module._order(module.NOTES))
    assert len(set(turns)) == 640
    players = [(instrument.name, player) for instrument, player, _ in turns]
    assert len(set(players)) == 16 * PLAYERS
    assert all(players.count(one) == 4 for one in set(players))


def test_a_second_call_plays_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = orchestra(3, folder=tmp_path)

    def never(*_: object) -> None:
        raise AssertionError("played again")

    monkeypatch.setattr(module, "note", never)
    assert orchestra(3, folder=tmp_path) == first
    with pytest.raises(AssertionError, match="played again"):
        orchestra(3, seed=1, folder=tmp_path)
    with pytest.raises(AssertionError, match="played again"):
        orchestra(4, folder=tmp_path)


def test_a_moved_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = orchestra(3, folder=tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.setattr(module, "note", None)
    moved = orchestra(3, folder=tmp_path / "there")
    assert hashes(moved) == hashes(first)
    assert all(one.path.parent.parent == tmp_path / "there" for one in moved.recordings)


@pytest.mark.parametrize("damage", [b"RIFF", None])
def test_a_damaged_note_is_played_again(tmp_path: Path, damage: bytes | None) -> None:
    first = orchestra(3, folder=tmp_path)
    path = first.recordings[1].path
    whole = path.read_bytes()
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert orchestra(3, folder=tmp_path) == first
    assert path.read_bytes() == whole


def test_a_full_disk_is_heard_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        message = f"{path}: cannot be written (No space left on device)"
        raise TonotopeError(message)

    monkeypatch.setattr(module._files, "write_bytes", full)
    with pytest.raises(TonotopeError, match="No space left"):
        orchestra(2, folder=tmp_path)
    assert not list(tmp_path.rglob("*.csv"))


def test_two_at_once_write_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: orchestra(5, folder=tmp_path), range(2)))
    assert both[0] == both[1]
    assert not list(tmp_path.rglob(".writing-*"))


def test_it_lies_in_the_users_cache_and_is_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Heard(Progress):
        told = 0

        def begin(self, task: str, total: int) -> None:
            assert (task, total) == ("play the orchestra", 5)

        def advance(self, steps: int = 1, **facts: float | str) -> None:
            self.told += steps

    monkeypatch.setenv("TONOTOPE_CACHE", str(tmp_path))
    heard = Heard()
    assert orchestra(5, seed=7, progress=heard).root.parent == tmp_path / "orchestra"
    assert heard.told == 5


def test_what_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="0 notes of seed 0: at least 1 note"):
        orchestra(0)
    with pytest.raises(DataError, match="a seed from 0"):
        orchestra(16, seed=-1)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TonotopeError, match="cannot be written"):
        orchestra(2, folder=tmp_path / "file")


def test_players_part_fairly(tmp_path: Path) -> None:
    """Enough players of each instrument to learn from, to watch and to be judged by."""
    plan = SplitPlan(train=0.7, validation=0.1, test=0.2)
    recordings = (
        module._recording(tmp_path, instrument, player, number, Note(440.0, -6.0, 0.5), b"")
        for instrument, player, number in module._order(160)
    )
    manifest = Manifest(tuple(recordings), (), (), (), tmp_path)
    (made,) = split(manifest, plan, label="label")
    label = {one.id: one.targets["label"] for one in manifest.recordings}
    assert made.notes == ()
    for ids, each in ((made.train, 7), (made.validation, 1), (made.test, 2)):
        assert sorted(label[name] for name in ids) == sorted([*BY_NAME] * each)


@EVERY
def test_a_recorded_note_is_clean(instrument: Instrument) -> None:
    for player in range(3):
        wave, _ = note(instrument, player, 0)
        assert wave.shape == (SAMPLES,)
        assert wave.dtype == np.float32
        assert np.isfinite(wave).all()
        assert 0.01 < np.abs(wave).max() < 0.9
        # It begins and ends in silence: no click.
        assert np.abs(wave[[0, -1]]).max() < 1e-3
        assert abs(wave.mean()) < 0.01


@EVERY
def test_every_note_is_in_tune(instrument: Instrument) -> None:
    """`pitch_hz` is what sounds: within 4 cents on average, 12 where the pitch is alive."""
    off_cents = []
    for player in range(4):
        wave, played = note(instrument, player, 0)
        pitch_hz = measured_hz(wave, played.pitch_hz)
        off_cents.append(1200 * np.log2(pitch_hz / played.pitch_hz))
        low, high = (440 * 2 ** ((key - 69) / 12) for key in (instrument.low, instrument.high))
        assert low * 0.98 < played.pitch_hz < high * 1.02
    alive = instrument.name in {"violin", "cello", "musical_saw", "flute", "oboe"}
    assert np.abs(off_cents).max() < (40 if alive else 12)
    assert np.abs(np.median(off_cents)) < (15 if alive else 5)


@pytest.mark.parametrize("name", [one.name for one in INSTRUMENTS if one.family != "struck"])
def test_the_period_is_that_of_the_pitch(name: str) -> None:
    """No octave off: the wave repeats after one period, and after no half of one."""
    pitch_hz = 260.0
    wave = dry(name, Note(pitch_hz, -6.0, 1.0), replace(PLAYER, vibrato=0.1, noise=0.1))
    steady = wave[RATE_HZ // 4 : RATE_HZ * 3 // 4]
    power = np.abs(np.fft.rfft(steady, 2 * len(steady))) ** 2
    alike = np.fft.irfft(power)
    period = RATE_HZ / pitch_hz
    whole = alike[round(period) - 2 : round(period) + 3].max() / alike[0]
    half = alike[round(period / 2) - 2 : round(period / 2) + 3].max() / alike[0]
    # The drones of sitar and hurdy-gurdy lie below the tone, so it repeats less exactly.
    assert whole > (0.6 if name in {"sitar", "hurdy_gurdy"} else 0.85)
    assert whole > half + 0.1


def test_loud_brass_is_bright() -> None:
    soft, loud = (dry("trumpet", Note(300.0, dynamics, 0.8)) for dynamics in (-20.0, -1.0))
    assert centroid_hz(loud) > 1.5 * centroid_hz(soft)


def test_a_clarinet_lacks_its_even_partials_below() -> None:
    wave = dry("clarinet", Note(150.0, -10.0, 1.0))
    assert level_at(wave, 150) > level_at(wave, 300) + 15
    assert level_at(wave, 450) > level_at(wave, 300) + 5


def test_a_string_plucked_in_the_middle_lacks_its_even_partials() -> None:
    wave = dry("harp", Note(200.0, -3.0, 1.0), replace(PLAYER, touch=1.0))
    middle = dry("guitar", Note(200.0, -3.0, 1.0))
    assert level_at(wave, 600) > level_at(wave, 400)
    assert level_at(middle, 400) > level_at(middle, 600)


def test_a_vibraphone_pulses_at_its_motor() -> None:
    def pulse(wave: np.ndarray) -> float:
        """How much of the level's course lies at the motor's frequency."""
        level = np.sqrt(np.convolve(wave**2, np.ones(400) / 400, "same"))[2000:24000]
        course = np.log(level) - np.polyval(
            np.polyfit(np.arange(len(level)), np.log(level), 2), np.arange(len(level))
        )
        turns = 5.5 * np.arange(len(level)) / RATE_HZ
        return float(np.abs(np.mean(course * np.exp(-2j * np.pi * turns))))

    vibraphone = dry("vibraphone", Note(500.0, -6.0, 1.0))
    still = dry("vibraphone", Note(500.0, -6.0, 1.0), replace(PLAYER, vibrato_hz=0.0))
    assert pulse(vibraphone) > 5 * pulse(still)


def test_kept_marimba_notes_are_rolled() -> None:
    def strokes(held_s: float) -> int:
        wave = dry("marimba", Note(400.0, -3.0, held_s), replace(PLAYER, ring=0.3))
        level = np.sqrt(np.convolve(wave**2, np.ones(300) / 300, "same"))[::100]
        rises = np.diff(np.log(level + 1e-3 * level.max())) > 0.15
        return int(np.sum(rises[1:] & ~rises[:-1]))

    assert strokes(0.3) <= 1
    assert strokes(1.0) >= 8


def test_players_differ_more_than_their_takes() -> None:
    """The lesson of a grouped split: what a player brings along is heard in every note."""

    def colour(player: int, number: int) -> np.ndarray:
        wave, _ = note(BY_NAME["oboe"], player, number)
        _, size = spectrum(wave)
        edges = np.geomspace(8000, len(size) - 1, 20).astype(int)
        bands = [np.mean(size[a:b] ** 2) for a, b in itertools.pairwise(edges)]
        return np.log(bands) - np.mean(np.log(bands))

    colours = np.array([[colour(player, number) for number in range(4)] for player in range(6)])
    within = colours.var(axis=1).mean()
    between = colours.mean(axis=1).var(axis=0).mean()
    assert between > within / 4 * 1.5  # more than four takes' mean would vary by itself
