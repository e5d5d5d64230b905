"""LeNet by hand: a network learns ten spoken digits, and every line of its arithmetic can be read.

Nothing but `tonotope.reference` and NumPy does the mathematics. Every sound becomes a patch of 32
frames × 32 mel bands, and the patch goes through 61,706 weights and biases:

    conv 6 5×5, ReLU, maxpool, conv 16 5×5, ReLU, maxpool, dense 120, ReLU, dense 84, ReLU, dense 10

That is LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) as it is built today, with ReLU for the
scaled tanh, the maximum for the mean, and softmax for distances. One speaker is held out and heard
once, at the end; nothing was chosen by that number.

    python experiments/lenet_by_hand.py DATA              trains, in less than a minute on one core
    python experiments/lenet_by_hand.py DATA --compare    PyTorch takes the same steps alongside

DATA is a folder with fsdd/fsdd.csv (columns file, label, speaker, take), the Free Spoken Digit
Dataset at 8 kHz. Where it is not given, the environment variable TONOTOPE_DATA names it.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy import ndarray

from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import dense, flatten
from tonotope.reference.gradients.activate import relu_backward
from tonotope.reference.gradients.convolve import convolve_backward
from tonotope.reference.gradients.dense import dense_backward, flatten_backward
from tonotope.reference.gradients.losses import cross_entropy_backward
from tonotope.reference.gradients.pool import max_pool_backward
from tonotope.reference.initialise import he_fan_in
from tonotope.reference.losses import cross_entropy, one_hot
from tonotope.reference.mel import log_power, mel_bands, mel_filters
from tonotope.reference.metrics import accuracy
from tonotope.reference.optimise import Moments, adam
from tonotope.reference.pool import max_pool
from tonotope.reference.spectrum import hann, stft

RATE_HZ, WINDOW, HOP = 8000, 256, 160  # frames of 32 ms, one every 20 ms
FRAMES, BANDS, DIGITS = 32, 32, 10  # 32 frames hear 652 ms; most digits are shorter
SHAPES = {"conv1": (6, 1, 5, 5), "conv2": (16, 6, 5, 5)}
SHAPES |= {"dense1": (120, 16 * 5 * 5), "dense2": (84, 120), "dense3": (DIGITS, 84)}
BATCH, PARTS = 50, ("weight", "bias")
Arrays = dict[str, ndarray]
Memory = dict[str, Moments]


def read(path: Path) -> ndarray:
    """The samples of one recording, (time,)."""
    import soundfile

    try:
        samples, rate_hz = soundfile.read(path)
    except soundfile.LibsndfileError as error:
        raise SystemExit(str(error)) from None
    if rate_hz != RATE_HZ or samples.ndim != 1:
        raise SystemExit(f"{path}: {rate_hz} Hz, {samples.shape}; this script takes 8 kHz mono")
    return samples


def patch(samples: ndarray) -> ndarray:
    """One digit as a plane (time, band): peak at 1, its end cut or filled up with silence."""
    length = (FRAMES - 1) * HOP + WINDOW
    samples = samples[:length] / max(np.abs(samples[:length]).max(), 1e-9)
    samples = np.pad(samples, (0, length - len(samples)))
    power = np.abs(stft(samples[None], hann(WINDOW), HOP)[0]) ** 2
    return log_power(mel_bands(power, mel_filters(BANDS, WINDOW, RATE_HZ)), offset=1e-3)


def load(folder: Path, speaker: str) -> tuple[ndarray, ndarray, ndarray]:
    """Every digit as x (digit, channel = 1, time, band), y (digit,), and whether it is held out."""
    table = folder / "fsdd" / "fsdd.csv"
    if not table.is_file():
        raise SystemExit(f"{table}: no such file; DATA is the folder that holds fsdd/fsdd.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    held = np.array([row["speaker"] == speaker for row in rows])
    if not held.any() or held.all():
        known = sorted({row["speaker"] for row in rows})
        raise SystemExit(f"no speaker {speaker} to hold out; there are {', '.join(known)}")
    x = np.stack([patch(read(table.parent / row["file"])) for row in rows])[:, None]
    train = x[~held]  # they alone say what level is usual in a band
    x = (x - train.mean(axis=(0, 1, 2))) / train.std(axis=(0, 1, 2))
    return x, np.array([int(row["label"]) for row in rows]), held


def initial_weights(seed: int) -> Arrays:
    """Weights after He, for ReLU; biases of zero."""
    generator, weights = np.random.default_rng(seed), {}
    for name, shape in SHAPES.items():
        weights[f"{name}.weight"] = he_fan_in(shape, generator)
        weights[f"{name}.bias"] = np.zeros(shape[0])
    return weights


def forward(w: Arrays, x: ndarray) -> tuple[ndarray, tuple[ndarray, ...]]:
    """From patches to ten scores each, (batch, digit), and what the way back will ask for."""
    sum1 = convolve(x, w["conv1.weight"], w["conv1.bias"])  # 6 × 28 × 28
    pool1, winners1 = max_pool(relu(sum1), (2, 2))  # 6 × 14 × 14
    sum2 = convolve(pool1, w["conv2.weight"], w["conv2.bias"])  # 16 × 10 × 10
    pool2, winners2 = max_pool(relu(sum2), (2, 2))  # 16 × 5 × 5
    sum3 = dense(flatten(pool2), w["dense1.weight"], w["dense1.bias"])  # 120
    sum4 = dense(relu(sum3), w["dense2.weight"], w["dense2.bias"])  # 84
    scores = dense(relu(sum4), w["dense3.weight"], w["dense3.bias"])  # 10
    return scores, (x, sum1, winners1, pool1, sum2, winners2, pool2, sum3, sum4)


def backward(w: Arrays, kept: tuple[ndarray, ...], to_scores: ndarray) -> Arrays:
    """From the error of the scores to the gradient of every weight: the same way, backwards."""
    x, sum1, winners1, pool1, sum2, winners2, pool2, sum3, sum4 = kept
    dense3 = dense_backward(to_scores, relu(sum4), w["dense3.weight"])
    dense2 = dense_backward(relu_backward(dense3.x, sum4), relu(sum3), w["dense2.weight"])
    dense1 = dense_backward(relu_backward(dense2.x, sum3), flatten(pool2), w["dense1.weight"])
    to_pool2 = flatten_backward(dense1.x, pool2.shape)
    to_sum2 = relu_backward(max_pool_backward(to_pool2, winners2, sum2.shape), sum2)
    conv2 = convolve_backward(to_sum2, pool1, w["conv2.weight"])
    to_sum1 = relu_backward(max_pool_backward(conv2.x, winners1, sum1.shape), sum1)
    conv1 = convolve_backward(to_sum1, x, w["conv1.weight"])
    layers = zip(SHAPES, (conv1, conv2, dense1, dense2, dense3), strict=True)
    return {f"{name}.{part}": getattr(layer, part) for name, layer in layers for part in PARTS}


def step(w: Arrays, moments: Memory, x: ndarray, y: ndarray) -> tuple[float, Arrays, Memory]:
    """One step of Adam: the loss on this batch, then better weights and what Adam remembers."""
    scores, kept = forward(w, x)
    shares = one_hot(y, DIGITS)
    found = backward(w, kept, cross_entropy_backward(scores, shares))
    w, moments = dict(w), dict(moments)
    for name, gradient in found.items():
        w[name], moments[name] = adam(w[name], gradient, moments[name])
    return cross_entropy(scores, shares), w, moments


def batches(count: int, epochs: int, seed: int) -> ndarray:
    """Which digits a step hears, (epoch, step, digit): each epoch has all, in a new order."""
    generator, whole = np.random.default_rng(seed), count - count % BATCH
    order = np.stack([generator.permutation(count)[:whole] for _ in range(epochs)])
    return order.reshape(epochs, -1, BATCH)


def losses_in_torch(w: Arrays, x: ndarray, y: ndarray, order: ndarray) -> Iterator[float]:
    """The losses of the same network in PyTorch, from the same weights on the same batches."""
    import torch
    from torch import nn

    bend, pool, loss_of = nn.ReLU(), nn.MaxPool2d(2), nn.CrossEntropyLoss()
    planes = [nn.Conv2d(1, 6, 5), bend, pool, nn.Conv2d(6, 16, 5), bend, pool, nn.Flatten()]
    rows = [nn.Linear(400, 120), bend, nn.Linear(120, 84), bend, nn.Linear(84, DIGITS)]
    network = nn.Sequential(*planes, *rows).double()
    for parameter, weight in zip(network.parameters(), w.values(), strict=True):
        parameter.data = torch.from_numpy(weight.copy())
    optimiser = torch.optim.Adam(network.parameters())
    for batch in order.reshape(-1, BATCH):
        optimiser.zero_grad()
        loss = loss_of(network(torch.from_numpy(x[batch])), torch.from_numpy(y[batch]))
        loss.backward()
        optimiser.step()
        yield loss.item()


def train(x: ndarray, y: ndarray, epochs: int, *, compare: bool) -> Arrays:
    """Trains by hand and tells of it; with `compare`, PyTorch takes every step as well."""
    w, order = initial_weights(seed=0), batches(len(x), epochs, seed=0)
    moments = {name: Moments.start(weight) for name, weight in w.items()}
    others = losses_in_torch(w, x, y, order) if compare else None
    for epoch, steps in enumerate(order, start=1):
        losses = []
        for batch in steps:
            loss, w, moments = step(w, moments, x[batch], y[batch])
            losses.append(loss)
            if others:
                print(f"loss by hand {loss:.12f}  in PyTorch {next(others):.12f}")
        print(f"epoch {epoch:2} of {epochs}: {len(losses)} steps, mean loss {np.mean(losses):.4f}")
    return w


def main() -> None:
    """Reads the request, trains, and says how many of the held-out speaker's digits it knows."""
    parser = argparse.ArgumentParser(description="LeNet in NumPy alone, on spoken digits.")
    parser.add_argument("data", nargs="?", type=Path, default=os.environ.get("TONOTOPE_DATA", "."))
    parser.add_argument("--speaker", default="theo", help="who is held out (default: theo)")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--compare", action="store_true", help="let PyTorch train alongside")
    given = parser.parse_args()
    x, y, held = load(given.data, given.speaker)
    print(f"{(~held).sum()} digits to learn from, {held.sum()} of {given.speaker} held out")
    w = train(x[~held], y[~held], given.epochs, compare=given.compare)
    right = accuracy(y[held], forward(w, x[held])[0].argmax(axis=1))
    print(f"held-out accuracy {right:.3f}; a guess is right 0.100 of the time")


if __name__ == "__main__":
    main()
