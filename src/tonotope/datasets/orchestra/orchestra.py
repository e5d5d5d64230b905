"""The toy orchestra: its instruments, players and notes; synthesised once and kept as WAV.

The sounds the house carries with it, so that everything can be tried, taught and tested without
a download. They are made for an honest lesson: players differ in their instruments, hands, rooms
and microphones, and a player is a group, so a network is judged by players it has never met.
Some instruments are told apart only by how they evolve in time (a rolled marimba, a vibraphone's
motor, a saw that slides into its pitch), which an average over time does not see.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.orchestra import percussion, rooms, strings, tones, winds
from tonotope.datasets.orchestra.rooms import Microphone, Room, Take
from tonotope.datasets.orchestra.tones import NOTE_S, RATE_HZ, Note, Player

PLAYERS = 10
NOTES = 640
_WRITERS = 4
# D E F G A C: six tones that go together in any order and at any octave.
_SCALE = frozenset({0, 2, 4, 5, 7, 9})


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument of the orchestra.

    Attributes:
        name: the label.
        family: plucked, bowed, blown or struck.
        low: its lowest key, 69 being the A of 440 Hz.
        high: its highest key.
        play: the tone of a player's note, (time,), before any room.
    """

    name: str
    family: str
    low: int
    high: int
    play: Callable[[Player, Note, np.random.Generator], np.ndarray]


INSTRUMENTS = (
    Instrument("guitar", "plucked", 43, 76, strings.guitar),
    Instrument("harp", "plucked", 41, 84, strings.harp),
    Instrument("harpsichord", "plucked", 41, 81, strings.harpsichord),
    Instrument("sitar", "plucked", 45, 72, strings.sitar),
    Instrument("violin", "bowed", 55, 86, strings.violin),
    Instrument("cello", "bowed", 38, 69, strings.cello),
    Instrument("musical_saw", "bowed", 60, 84, strings.musical_saw),
    Instrument("hurdy_gurdy", "bowed", 52, 76, strings.hurdy_gurdy),
    Instrument("flute", "blown", 60, 89, winds.flute),
    Instrument("clarinet", "blown", 50, 81, winds.clarinet),
    Instrument("oboe", "blown", 58, 84, winds.oboe),
    Instrument("trumpet", "blown", 53, 81, winds.trumpet),
    Instrument("marimba", "struck", 48, 84, percussion.marimba),
    Instrument("vibraphone", "struck", 53, 84, percussion.vibraphone),
    Instrument("bell", "struck", 57, 84, percussion.bell),
    Instrument("timpani", "struck", 40, 57, percussion.timpani),
)


def orchestra(
    notes: int | None = None,
    seed: int = 0,
    *,
    progress: Progress = SILENT,
    folder: Path | None = None,
) -> Manifest:
    """The toy orchestra's recordings: played once, then found where they were written.

    A note depends on the seed, its instrument, its player and its number alone: fewer notes are
    the first of more. They come round the orchestra: every instrument's first player plays a
    note, then every second player, and so on. Targets of each: `label` (the instrument),
    `family`, `pitch_hz` (the fundamental) and `dynamics_db`.

    Args:
        notes: how many; None gives 640, four of each player.
        seed: another number engages other players.
        progress: reports each note.
        folder: where to write them; None takes the user's cache.

    Raises:
        DataError: fewer than one note, or a negative seed.
        TonotopeError: the folder cannot be written.
    """
    notes = NOTES if notes is None else notes
    if notes < 1 or seed < 0:
        message = f"{notes} notes of seed {seed}: at least 1 note and a seed from 0 are needed"
        raise DataError(message)
    digest = _digest(notes, seed)
    place = folder or _files.cache_folder() / "orchestra" / digest
    table = place / f"orchestra-{digest}.csv"
    recordings = _found(table)
    if recordings is None:
        recordings = _played(place, notes, seed, progress)
        _manifest(recordings, place, seed).write_csv(table)  # last: all that it names is there
    return _manifest(recordings, place, seed)


def note(
    instrument: Instrument, player: int, number: int, seed: int = 0
) -> tuple[np.ndarray, Note]:
    """One note of one player as it is recorded: float32, (time,), and what was played."""
    name = int.from_bytes(hashlib.sha256(instrument.name.encode()).digest()[:4], "big")
    at_home = np.random.default_rng([seed, name, player])
    who, room, microphone = _player(at_home), _room(at_home), _microphone(at_home)
    rng = np.random.default_rng([seed, name, player, number])
    played, take = _note(instrument, who, rng), _take(rng)
    take = replace(take, peak_db=take.peak_db + 0.45 * played.dynamics_db)
    dry = instrument.play(who, played, rng)
    return rooms.recorded(dry, room, _moved(microphone, rng), take, rng), played


def _player(rng: np.random.Generator) -> Player:
    return Player(
        tuning_cents=rng.uniform(-15, 15),
        body=2 ** rng.uniform(-0.3, 0.3),
        peaks_db=tuple(rng.normal(0, 4, 4)),
        brightness_db=rng.normal(0, 1.3),
        touch=rng.uniform(),
        attack=2 ** rng.uniform(-0.7, 0.7),
        ring=2 ** rng.uniform(-0.7, 0.7),
        vibrato_hz=rng.uniform(4.4, 6.8),
        vibrato=2 ** rng.uniform(-0.8, 0.8),
        noise=2 ** rng.uniform(-1.2, 1.2),
    )


def _room(rng: np.random.Generator) -> Room:
    echo_s = 0.15 * 2 ** rng.uniform(0, 3.2)
    return Room(echo_s, echo_s * rng.uniform(0.35, 0.9), int(rng.integers(1 << 31)))


def _microphone(rng: np.random.Generator) -> Microphone:
    bumps = tuple((rng.uniform(-3, 3.2), rng.uniform(0.3, 1.2), rng.normal(0, 4)) for _ in range(3))
    return Microphone(rng.normal(0, 1.2), rng.uniform(25, 160), rng.uniform(3500, 11000), bumps)


def _moved(microphone: Microphone, rng: np.random.Generator) -> Microphone:
    """Nobody sits twice at the same place before a microphone."""
    bump = (rng.uniform(-3, 3.2), rng.uniform(0.3, 1.2), rng.normal(0, 2))
    tilt_db = microphone.tilt_db + rng.normal(0, 0.7)
    return replace(microphone, tilt_db=tilt_db, bumps=(*microphone.bumps, bump))


def _note(instrument: Instrument, who: Player, rng: np.random.Generator) -> Note:
    keys = [key for key in range(instrument.low, instrument.high + 1) if key % 12 in _SCALE]
    cents = who.tuning_cents + rng.normal(0, 4)
    pitch_hz = 440 * 2 ** ((int(rng.choice(keys)) - 69) / 12 + cents / 1200)
    shortest_s, longest_s = ((0.22, 0.4), (0.45, 0.8), (0.8, 1.05))[
        rng.choice(3, p=(0.3, 0.4, 0.3))
    ]
    return Note(pitch_hz, rng.uniform(-24, 0), rng.uniform(shortest_s, longest_s))


def _take(rng: np.random.Generator) -> Take:
    return Take(
        begins_s=rng.uniform(0, 0.12),
        echo_db=rng.uniform(-22, -5),
        background_db=rng.uniform(-45, -19),
        background_slope_db=rng.uniform(-6, 0),
        hum_hz=50.0 if rng.uniform() < 0.15 else 0.0,
        peak_db=rng.uniform(-14, -2),
    )


def _order(notes: int) -> Iterator[tuple[Instrument, int, int]]:
    """Round the orchestra: instrument, player and number of each note."""
    for turn in range(notes):
        round_, seat = divmod(turn, len(INSTRUMENTS))
        number, player = divmod(round_, PLAYERS)
        yield INSTRUMENTS[seat], player, number


def _played(place: Path, notes: int, seed: int, progress: Progress) -> tuple[Recording, ...]:
    """Play every note and write it; writers wait for the disk while the next one is played."""
    progress.begin("play the orchestra", notes)
    recordings: list[Recording] = []
    # A player's notes follow each other, so that the room is built once.
    order = sorted(_order(notes), key=lambda turn: (turn[0].name, turn[1], turn[2]))
    with ThreadPoolExecutor(_WRITERS, "write") as writers:
        try:
            written = []
            for instrument, player, number in order:
                wave, played = note(instrument, player, number, seed)
                data = _wav(wave)
                one = _recording(place, instrument, player, number, played, data)
                written.append(writers.submit(_files.write_bytes, one.path, data))
                recordings.append(one)
                progress.advance()
            for writing in written:
                writing.result()  # a full disk is heard of here
        except BaseException:
            writers.shutdown(wait=False, cancel_futures=True)
            raise
    progress.end()
    return tuple(recordings)


def _recording(
    place: Path, instrument: Instrument, player: int, number: int, played: Note, data: bytes
) -> Recording:
    group = f"{instrument.name}-{player + 1:02}"
    name = f"{instrument.name}/{group}-{number + 1}.wav"
    return Recording(
        id=name,
        path=place / name,
        start_s=0.0,
        duration_s=tones.SAMPLES / RATE_HZ,
        targets={
            "label": instrument.name,
            "family": instrument.family,
            "pitch_hz": f"{played.pitch_hz:.3f}",
            "dynamics_db": f"{played.dynamics_db:.2f}",
        },
        group=group,
        fold=None,
        part=None,
        sha256=hashlib.sha256(data).hexdigest(),
        rate_hz=RATE_HZ,
        channels=1,
    )


def _wav(wave: np.ndarray) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, wave, RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _manifest(recordings: tuple[Recording, ...], place: Path, seed: int) -> Manifest:
    note_on_origin = (
        f"the toy orchestra, synthesised (seed {seed}): {len(recordings)} notes of {NOTE_S:g} s, "
        f"{len(INSTRUMENTS)} instruments in 4 families; a group is a player"
    )
    return Manifest(recordings, (), (note_on_origin,), (), place)


def _found(table: Path) -> tuple[Recording, ...] | None:
    """What an earlier call wrote, if all of it is still there and whole."""
    try:
        rows = Manifest.read_csv(table).recordings
        recordings = tuple(replace(row, path=table.parent / row.id) for row in rows)
        for one in recordings:
            if hashlib.sha256(one.path.read_bytes()).hexdigest() != one.sha256:
                return None
    except (DataError, OSError):
        return None
    return recordings


def _digest(notes: int, seed: int) -> str:
    """Named by all that decides the sound, the way it is made included."""
    digest = hashlib.sha256(f"{notes} {seed}".encode())
    for module in ("tones", "strings", "winds", "percussion", "rooms", "orchestra"):
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()[:16]
