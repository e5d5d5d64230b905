# %% [markdown]
# # 5 · From features to an output
#
# > **De los rasgos a una salida.** Los planos se ponen en fila y una capa densa decide: una clase, un
# > número, varias etiquetas, o lo que se quiera, con tal de que el error se pueda escribir como un
# > número con pendiente. Tres salidas distintas escuchan aquí los mismos rasgos.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](05-from-features-to-an-output.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# Convolution and pooling leave a stack of small planes. They say what was heard, where and when. To
# decide something, we write them in one row, and a **dense** layer gives every value of the row a weight
# for every answer. You choose what the answer is and what a wrong answer costs. In tonotope this pair of
# an output and a cost is called a *head*.
#
# ![One note of a marimba becomes 6 planes of 4 by 4, a row of 96 values, and three answers: a class, a frequency, and the nearest mean](pictures/three-outputs.svg)

# %% [markdown]
# ## The formulas
#
# ```text
# flatten     (N, C, T, F) → (N, C·T·F)
# dense       y = W x + b
#
# classifier  p = softmax(y),  p_c = e^(y_c) / Σ e^y         cost  -log p_true     (cross-entropy)
# regressor   y itself, one number for each quantity         cost  (y - q)²        (squared error)
# tagger      p = sigmoid(y), one yes or no for each label   cost  -q·log p - (1-q)·log(1-p)
# ```
#
# Each cost has a gradient. For these pairs the gradient with respect to y is as simple as it can be:
# what was said minus what is true (twice that for the square). That is why softmax goes with
# cross-entropy, sigmoid with its own cross-entropy, and a plain number with the squared error.

# %% [markdown]
# ## The notes and their features
#
# There are sixteen instruments and six players of each; each player plays one note. Four players are for
# training, two for the test. The six filters are the two of [chapter 2](02-convolution-2d.md), one for
# loudness, and the negative of each. No feature is learnt in this chapter; the next chapters do that.

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.activate import relu, softmax
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import dense, flatten
from tonotope.reference.mel import log_power, mel_bands, mel_filters
from tonotope.reference.pool import mean_pool
from tonotope.reference.spectrum import hann, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=96)).recordings
waves = np.concatenate([tt.Clip.read(one.path).resampled(11025).samples for one in notes])
waves = waves.astype(float) / np.abs(waves).max(axis=1, keepdims=True)
power = np.abs(stft(waves, hann(512), hop=440)) ** 2
x = log_power(mel_bands(power, mel_filters(32, 512, 11025)), offset=1e-3)[:, None]
x = (x - x.mean()) / x.std()
onset = np.repeat([[-1], [-1], [0], [1], [1]], 5, axis=1) / 10
tone = np.repeat([[-1, 0, 2, 0, -1]], 5, axis=0) / 10
loud = np.ones((5, 5)) / 25
filters = np.stack([onset, -onset, tone, -tone, loud, -loud])[:, None]
planes = mean_pool(relu(convolve(x, filters, np.zeros(6))), (7, 7))
row = flatten(planes)
print(x.shape, planes.shape, row.shape)

# %%
teach = np.array([int(one.group[-2:]) <= 4 for one in notes])
row = (row - row[teach].mean(axis=0)) / row[teach].std(axis=0)
print(int(teach.sum()), int((~teach).sum()))

# %% [markdown]
# ## A classifier
#
# Is the note plucked, bowed, blown or struck? All weights begin at zero, so at first every class gets a
# quarter and the cost is log 4 = 1.386. Then we take 300 steps against the gradient.

# %%
from tonotope.reference.gradients.dense import dense_backward
from tonotope.reference.gradients.losses import cross_entropy_backward
from tonotope.reference.losses import cross_entropy, one_hot

families = ["blown", "bowed", "plucked", "struck"]
truth = np.array([families.index(one.targets["family"]) for one in notes])
shares = one_hot(truth, 4)
weight, bias = np.zeros((4, 96)), np.zeros(4)
for step in range(300):
    scores = dense(row[teach], weight, bias)
    if step in (0, 10, 100):
        print(f"step {step}: {cross_entropy(scores, shares[teach]):.3f}")
    slope = dense_backward(cross_entropy_backward(scores, shares[teach]), row[teach], weight)
    weight, bias = weight - 0.1 * slope.weight, bias - 0.1 * slope.bias

# %%
right = dense(row, weight, bias).argmax(axis=1) == truth
print(f"{right[teach].sum()} of 64 that taught it, {right[~teach].sum()} of 32 that did not")

# %% [markdown]
# A guess would be right on 8 of 32. On its training notes the classifier makes no mistake, on the others
# it makes eight. So it has learnt things about the four players that do not help with the other two;
# [chapter 8](08-dropout-and-batch-normalisation.md) is about this. Also, 32 notes are few, so the
# interval of that score is wide; see [the homework](../homework.md#fifty-tracks-are-few).
#
# The gradient is what was said minus what is true, divided by the number of notes:

# %%
by_hand = (softmax(scores) - shares[teach]) / 64
print(np.allclose(cross_entropy_backward(scores, shares[teach]), by_hand, atol=1e-12))

# %% [markdown]
# ## A regressor
#
# The same row and one output: the fundamental frequency on a logarithmic scale, log₂, where an octave is
# 1. The bias begins at the mean.

# %%
from tonotope.reference.gradients.losses import mean_squared_error_backward

pitch = np.log2([float(one.targets["pitch_hz"]) for one in notes])
line, base = np.zeros((1, 96)), np.array([pitch[teach].mean()])
for _ in range(300):
    wrong = mean_squared_error_backward(dense(row[teach], line, base), pitch[teach, None])
    slope = dense_backward(wrong, row[teach], line)
    line, base = line - 0.005 * slope.weight, base - 0.005 * slope.bias
off = 12 * np.abs(dense(row, line, base)[:, 0] - pitch)  # in semitones
guess = 12 * np.abs(pitch - pitch[teach].mean())
print(
    f"{np.median(off[~teach]):.1f} semitones off in the middle, a guess {np.median(guess[~teach]):.1f}"
)

# %% [markdown]
# An error of five semitones is too much to tune a violin: 32 bands and means over time do not hold the
# pitch. A network on the wave comes within hundredths of a semitone; that is
# [measured](../experiments.md#pitch).

# %% [markdown]
# ## Or any other pair
#
# A head need not have weights. Let each class be the mean of its examples, and let the nearest mean win.
# These means are called *prototypes*. The cost is the cross-entropy of the negative squared distances,
# and only the layers before the head learn.

# %%
from tonotope.reference.losses import prototypes, squared_distances

centres = prototypes(row[teach], truth[teach], 4)
nearest = squared_distances(row, centres).argmin(axis=1)
print(int((nearest == truth)[~teach].sum()))

# %% [markdown]
# 21 of 32, without one step of training. LeNet-5 of 1998 also ended in distances, to codes that were
# drawn by hand ([chapter 6](06-lenet.md)). The output of an autoencoder is the sound itself
# ([denoising](../experiments.md#denoising)). The page on [heads](../heads.md) says which heads there
# are, what their tables look like, and how they are scored.

# %% [markdown]
# ## The machine
#
# In an experiment file the head is one word, and its dense layer comes with it:

# %%
from pathlib import Path

Path("lesson/family.toml").parent.mkdir(exist_ok=True)
_ = Path("lesson/family.toml").write_text(
    """\
# lesson/family.toml
[data]
label = "family"
clip_s = 1.3

[network]
kind = "layers"
layers = ["conv 8 5x5", "relu", "maxpool 4x4", "flatten", "dropout 0.5"]

[head]
kind = "classify"
classes = ["blown", "bowed", "plucked", "struck"]
""",
    encoding="utf-8",
)

# %%
# !tonotope shapes lesson/family.toml --short

# %% [markdown]
# PyTorch's losses are the ones above:

# %%
import torch

given, wanted = torch.from_numpy(scores), torch.from_numpy(truth[teach])
cost = torch.nn.functional.cross_entropy(given, wanted).item()
print(abs(cost - cross_entropy(scores, shares[teach])) < 1e-12)

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. Is a dense layer a convolution?** Find filters for `convolve` that give the same numbers as
# `dense(flatten(planes), weight, bias)`. What is their shape? (`as_filters` in
# `tonotope.reference.dense` can help.)

# %%
# Your turn.

# %% [markdown]
# **2. Why not the squared error for classes?** Let the truth be class 0, and let the network be very sure
# of class 1: scores of 0 and 8. Compute the gradient of the first score for softmax with squared error,
# and for softmax with cross-entropy.

# %%
# Your turn.

# %% [markdown]
# **3. Where are the parameters of a small network?** Look at the table of `tonotope shapes` above. What
# could you change, and what would you lose?

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: Goodfellow, Bengio and Courville, *Deep learning* (2016), section 6.2.2, for the pairs of
# output and cost; Snell, Swersky and Zemel, "Prototypical networks for few-shot learning" (2017),
# equations 1 and 2. Code: [`reference/dense.py`](../../src/tonotope/reference/dense.py),
# [`reference/losses.py`](../../src/tonotope/reference/losses.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. Is a dense layer a convolution?**

# %% [markdown]
# Yes, with filters as large as the whole input. They have one place only:

# %%
from tonotope.reference.dense import as_filters

whole = convolve(planes, as_filters(weight, (6, 4, 4)), bias)
print(whole.shape, bool(np.allclose(whole[:, :, 0, 0], dense(flatten(planes), weight, bias))))

# %% [markdown]
# **2. Why not the squared error for classes?**

# %% [markdown]
# With the squared error the gradient is nearly zero, although the answer could hardly be more wrong.
# With cross-entropy it is nearly −1:

# %%
from tonotope.reference.gradients.activate import softmax_backward

certain, true = np.array([[0.0, 8.0]]), np.array([[1.0, 0.0]])
share = softmax(certain)
squared = softmax_backward(2 * (share - true), certain)
print([round(float(slope[0, 0]), 4) for slope in (squared, share - true)])

# %% [markdown]
# **3. Where are the parameters of a small network?**

# %% [markdown]
# Nearly all of them are where flatten meets dense. If you pool over all of time first, with `globalpool
# time`, the row is short and clips may have any length. You lose the order in which things were heard.
