"""What is heard in an epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tonotope._errors import TrainingError
from tonotope.representation import LogMel, Waveform
from tonotope.training import Dataset, FeatureStore

Make = Callable[..., Dataset]


def dataset_of(lengths: list[int], train: list[int], validation: list[int]) -> Dataset:
    flat = torch.zeros(sum(lengths), 4, 1)
    store = FeatureStore(flat, np.cumsum([0, *lengths]))
    targets = {"label": torch.eye(2)[torch.arange(len(lengths)) % 2]}
    return Dataset(store, targets, np.array(train), np.array(validation, int), clip_steps=10)


def test_every_recording_is_heard_in_every_epoch_as_often_as_it_is_long() -> None:
    dataset = dataset_of([10, 14, 16, 40, 99], [0, 1, 2, 3], [4])
    for epoch in range(3):
        records = np.concatenate([r for r, _ in dataset.batches(0, epoch, 3)])
        assert np.bincount(records, minlength=5).tolist() == [1, 1, 2, 4, 0]


def test_clips_lie_inside_their_recordings_and_reach_both_ends() -> None:
    dataset = dataset_of([10, 13], [0, 1], [])
    starts = {0: set(), 1: set()}
    for epoch in range(200):
        for records, begins in dataset.batches(1, epoch, 2):
            for record, begin in zip(records.tolist(), begins.tolist(), strict=True):
                starts[record].add(begin)
    assert starts == {0: {0}, 1: {0, 1, 2, 3}}


def test_clips_are_cut_where_something_sounds() -> None:
    """Bursts of a second in silence are in every clip, and rain gives clips from everywhere."""
    rng = np.random.default_rng(0)
    rain = rng.standard_normal(20 * 8000).astype(np.float32)
    bursts = np.where(np.arange(len(rain)) // 8000 % 8 == 3, rain, 1e-5 * rain)
    store = FeatureStore.compute(
        Noises([bursts, rain, rain[:8000]]), LogMel(rate_hz=8000, hop_s=0.02, window_s=0.04), 8000
    )
    targets = {"label": torch.eye(2)[[0, 1, 0]]}
    dataset = Dataset(store, targets, np.arange(3), np.arange(0), clip_steps=49)
    records = np.concatenate([records for records, _ in dataset.batches(0, 0, 8)])
    assert np.bincount(records).tolist() == [20, 20, 1]
    drawn = [batch for epoch in range(30) for batch in dataset.batches(0, epoch, 8)]
    records, starts = (np.concatenate(one) for one in zip(*drawn, strict=True))
    for record, heard in ((0, 0.5), (1, 0.95)):
        begin = (starts[records == record] * 160)[:, None] + np.arange(7920)
        power = np.square([bursts, rain][record])[begin].mean(axis=1)
        assert (power > 0.9 * heard).all()
    episodes = dataset.cut_episodes([torch.tensor([0] * 50)], 0, 0)
    assert (np.square(bursts)[episodes[0][1][:, None] * 160 + np.arange(7920)].mean(1) > 0.45).all()


def test_clips_of_a_waveform_are_cut_there_too_in_little_memory() -> None:
    rng = np.random.default_rng(0)
    wave = (1e-5 * rng.standard_normal(40_000)).astype(np.float32)
    wave[20_000:28_000] *= 1e5
    store = FeatureStore.compute(Noises([wave]), Waveform(rate_hz=8000), 8000)
    dataset = Dataset(store, {"label": torch.eye(1)}, np.arange(1), np.arange(0), clip_steps=8000)
    assert store.loudness is not None
    assert len(store.loudness.starts(0, 32_000, 8000)) <= 32_000 / 80
    starts = np.concatenate([one[1] for epoch in range(60) for one in dataset.batches(0, epoch, 8)])
    assert starts.min() >= 15_900
    assert starts.max() <= 24_100
    assert len({*(starts % 80).tolist()}) > 30  # anywhere within a cell


class Noises(list[np.ndarray]):
    """Waves in memory, as recordings."""

    @property
    def lengths(self) -> list[int]:
        return [len(wave) for wave in self]

    def sound_hash(self, index: int) -> str:
        return str(index)


def test_an_epoch_is_a_function_of_seed_and_number() -> None:
    dataset = dataset_of([10, 30] * 8, list(range(16)), [])

    def told(seed: int, epoch: int) -> str:
        return str(dataset.batches(seed, epoch, 5))

    assert told(3, 1) == told(3, 1)
    assert len({told(3, 1), told(3, 2), told(4, 1)}) == 3


@pytest.mark.parametrize(
    ("clips", "sizes"), [(9, [4, 5]), (8, [4, 4]), (10, [4, 4, 2]), (5, [5]), (1, [2]), (3, [3])]
)
def test_a_last_batch_of_one_joins_its_neighbour(clips: int, sizes: list[int]) -> None:
    batches = dataset_of([10] * clips, list(range(clips)), []).batches(0, 0, 4)
    assert [len(records) for records, _ in batches] == sizes


def test_validation_windows_hear_everything() -> None:
    dataset = dataset_of([10, 37, 12], [0], [1, 2])
    heard = [np.zeros(37, bool), np.zeros(12, bool)]
    for record, start in zip(*dataset.validation_clips(), strict=True):
        heard[record - 1][start : start + 10] = True
    assert all(part.all() for part in heard)


def test_only_recordings_of_one_clip_may_be_turned() -> None:
    assert dataset_of([10, 11], [0, 1], []).single_clip(np.array([1, 0])).tolist() == [False, True]


def test_the_digest_follows_recordings_targets_and_parts() -> None:
    base = dataset_of([10, 20], [0], [1])
    turned = dataset_of([10, 20], [1], [0])
    longer = dataset_of([10, 21], [0], [1])
    relabelled = dataset_of([10, 20], [0], [1])
    relabelled.targets["label"][0] = 0.5
    assert len({m.digest for m in (base, turned, longer, relabelled)}) == 4
    three = [dataset_of([10] * 3, [0, 1], [2]), dataset_of([10] * 3, [0], [1, 2])]
    assert three[0].digest != three[1].digest
    assert base.digest == dataset_of([10, 20], [0], [1]).digest


def test_impossible_material_is_refused() -> None:
    with pytest.raises(TrainingError, match="no training recording"):
        dataset_of([10], [], [0])
    with pytest.raises(TrainingError, match="recording 1 holds 9 steps of time, and a clip has 10"):
        dataset_of([10, 9], [0, 1], [])


def test_names_are_used_and_shortened_in_messages(make_dataset: Make) -> None:
    dataset = make_dataset(train=12)
    assert dataset.names_of(np.array([3])) == "noise-3.wav"
    assert dataset.names_of(np.arange(11)).endswith("noise-7.wav and 3 more")
