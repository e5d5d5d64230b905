# %% [markdown]
# # 2 · Convolution in two dimensions
#
# > **La convolución en el plano.** Un filtro pequeño recorre el plano de tiempo y frecuencia y
# > dice en cada lugar cuánto se le parece. Se calcula a mano, como producto de matrices y en PyTorch;
# > se contesta qué forma tiene la salida; y se escucha lo que un filtro deja pasar.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](02-convolution-2d.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# A filter is a small plane of weights. We put it on a place of the spectrogram, multiply each weight by
# the value below it, and add up the products. The result is one number. It is large where the sound
# looks like the filter. Then we move the filter by one frame or one bin and do the same again. The same
# few weights are used everywhere, so the filter finds a stroke at any time.
#
# ![A spectrogram of flute and marimba; a filter that is negative on the left and positive on the right finds where notes begin; one that is positive in the middle and negative above and below finds tones that sound on](pictures/filters-on-a-plane.svg)

# %% [markdown]
# ## The formula
#
# There are M filters w of size K×L over C channels, and M biases b, one for each filter:
#
# ```text
# y[n, m, t, f] = b[m] + Σ_c Σ_k Σ_l  w[m, c, k, l] · x[n, c, t + k, f + l],    then ReLU: max(y, 0)
# ```
#
# K ≤ T and L ≤ F: a filter that is larger than the plane has no place on it. The filter is used as it
# is. In mathematics a convolution turns the filter round first; [the next
# chapter](03-convolution-1d.md#laid-as-it-is-or-turned-round) is about that difference.
#
# Here are the two filters of the picture, applied to the same phrase:

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve, convolve_loops
from tonotope.reference.mel import decibels
from tonotope.reference.spectrum import hann, overlap_add, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
sounds = {note.targets["label"]: tt.Clip.read(note.path).samples[0] for note in notes}
fade = np.minimum(1, np.arange(13230)[::-1] / 662)
first = {name: sounds[name][:13230].astype(float) for name in ("flute", "marimba")}
phrase = np.concatenate([0.5 * one / abs(one).max() * fade for one in first.values()])
spectrum = stft(phrase[None], hann(512), hop=256)  # (1, 102, 257)
level = decibels(np.abs(spectrum) ** 2)
x = np.maximum(level - level.max(), -70)[:, None]  # N × C × T × F, dB below the loudest
print(x.shape)

# %%
onset = np.repeat([[-1], [-1], [0], [1], [1]], 5, axis=1) / 20  # louder than a moment ago
tone = np.repeat([[-1, 0, 2, 0, -1]], 5, axis=0) / 20  # louder than above and below
weight = np.stack([onset, tone])[:, None]  # M × C × K × L
bias = np.zeros(2)
y = relu(convolve(x, weight, bias))
print(y.shape)

# %% [markdown]
# Where does something begin? These are the strongest moments of the first output, in seconds. They are
# one note of a flute, then five strokes of a marimba:

# %%
strength = y[0, 0].mean(axis=1)  # over all frequencies
rises = (strength[1:-1] > strength[:-2]) & (strength[1:-1] >= strength[2:])
moments = np.flatnonzero(rises & (strength[1:-1] > 1.5)) + 1
print(((moments + 2) * 256 / 22050).round(2).tolist())  # + 2: the middle of the filter

# %% [markdown]
# ## Three ways, one result
#
# As four loops, which explain it; as one matrix product, which is fast; and in PyTorch.

# %%
import torch

loops = convolve_loops(x[:, :, :20, :20], weight, bias)
print(np.allclose(loops, convolve(x, weight, bias)[:, :, :16, :16], atol=1e-12))

# %%
machine = torch.nn.functional.conv2d(*map(torch.from_numpy, (x, weight, bias)))
print(np.allclose(machine.numpy(), convolve(x, weight, bias), atol=1e-9))

# %% [markdown]
# Here is how the matrix product works. Each place of the filter becomes one row of a matrix P: the
# K·L·C values below the filter. Each filter becomes one row of a matrix W. Then Y = P Wᵀ + b. The
# gradient of the weights is a product again, Gᵀ P. Central differences change each weight a little and
# measure what happens, with no calculus, and find the same gradient:

# %%
from tonotope.reference.convolve import patch_matrix
from tonotope.reference.gradients.convolve import convolve_backward
from tonotope.reference.gradients.differences import central_difference

print(patch_matrix(x, (5, 5)).shape)  # 98 · 253 places, 5 · 5 · 1 values each

# %%
part, upstream = x[:, :, :12, :12], np.ones((1, 2, 8, 8))
by_hand = convolve_backward(upstream, part, weight).weight
measured = central_difference(lambda w: float(convolve(part, w, bias).sum()), weight)
print(np.allclose(by_hand, measured, atol=1e-4))

# %% [markdown]
# ## Listen
#
# The output is a plane, like the input. Keep the sound where the filter answers, silence it elsewhere,
# and go back to a wave by overlap-add as in [chapter 1](01-sound-as-tensors.md#listen).

# %%
same = relu(convolve(x, weight, bias, padding=(2, 2)))[0]  # as large as the input
for name, answer in zip(("begins", "sounds-on"), same):
    open_ = answer > 0.1 * answer.max()
    tt.Clip(overlap_add(spectrum * open_, hop=256), 22050).write(f"lesson/{name}.wav")
    print(f"{name}: {open_.mean():.0%} of the plane are let through")

# %% [markdown]
# `lesson/begins.wav` has the first instant of the flute and the strokes of the marimba.
# `lesson/sounds-on.wav` has the partials of the notes and almost no strokes. Two filters of 25 weights
# are enough to separate one sound into two. We chose these weights by hand; training finds its own.

# %% [markdown]
# ## What is the shape of the output?
#
# The lecture leaves this question open. A filter of K frames has T − K + 1 places along time. A filter
# of L bins has F − L + 1 places along frequency. Each of the M filters makes a plane of its own:
#
# ```text
# N×T×F×C  →  N×(T - K + 1)×(F - L + 1)×M
# ```
#
# The input channels are gone, because each filter reads all C channels and adds them up. With a stride
# s, p zeros on each side and a dilation d, there are ⌊(T + 2p − d·(K − 1) − 1) / s⌋ + 1 places along
# time, and the same holds along frequency. `tonotope shapes` writes the formula with its numbers, for
# any network:

# %%
# !tonotope shapes layers --input 1x102x257 --set 'network.layers=["conv 2 5x5", "relu", "conv 8 3x3 stride 2x2", "relu", "conv 8 3x3 padding same"]'

# %%
from tonotope.reference.convolve import output_size

print([output_size(102, 5), output_size(98, 3, stride=2), output_size(48, 3, padding=1)])

# %% [markdown]
# A filter that does not fit is an error. The message says what would fit:

# %%
try:
    convolve(x, np.zeros((1, 1, 200, 5)), np.zeros(1))
except tt.ShapeError as error:
    print(error)

# %% [markdown]
# **What it does to sound, measured:**
# [waveform or spectrogram](../experiments.md#waveform-or-spectrogram).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. What would a dense layer cost that does the same?** It needs one weight for each pair of an input
# value and an output value. The convolution needs M·(K·L·C + 1) numbers. Compute both for `x`, `y` and
# `weight` above.

# %%
# Your turn.

# %% [markdown]
# **2. A sound comes one frame later. What changes?** Shift `x` by one frame with `np.roll`. Compare the
# output of the convolution before and after. Then do the same with one unit of a dense layer.

# %%
# Your turn.

# %% [markdown]
# **3. How much sound does one value of the last layer see?** Follow `conv 5x5`, `conv 3x3 stride 2x2`
# and `conv 3x3` by hand, and compare with the last column of the table above. Then convert it to
# milliseconds and hertz: one frame is 256 samples later than the one before, a window has 512 samples,
# and the rate is 22,050 Hz.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
# recognition" (1998), section II; Goodfellow, Bengio and Courville, *Deep learning* (2016), section
# 9.1; Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), for the
# sizes; Chellapilla, Puri and Simard (2006), for the matrix product. Code:
# [`reference/convolve.py`](../../src/tonotope/reference/convolve.py) and
# [`gradients/convolve.py`](../../src/tonotope/reference/gradients/convolve.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. What would a dense layer cost that does the same?**

# %%
print(x.size * y.size, weight.size + bias.size)

# %% [markdown]
# 1.3 billion weights, nearly all of them zero, against 52.

# %% [markdown]
# **2. A sound comes one frame later. What changes?**

# %% [markdown]
# The output of the convolution is the same, one frame later. The dense unit gives another number:

# %%
later = np.roll(x, 1, axis=2)
print(np.allclose(convolve(later, weight, bias)[:, :, 1:], convolve(x, weight, bias)[:, :, :-1]))

# %%
from tonotope.reference.dense import dense, flatten

unit = np.random.default_rng(0).standard_normal((1, x.size)) / np.sqrt(x.size)
print([round(float(dense(flatten(one), unit, np.zeros(1))[0, 0]), 1) for one in (x, later)])

# %% [markdown]
# The same is true along frequency: what lies ten bins higher meets the same weights. There it is not
# always what you want. On an axis in hertz, a note an octave higher is not the same pattern shifted,
# because its partials are twice as far apart. On a logarithmic axis it is; this is one reason for mel
# bands. And a melody a third higher is still the same melody, but a dog that barks a third lower may be
# another dog.

# %% [markdown]
# **3. How much sound does one value of the last layer see?**

# %% [markdown]
# First 5. Then 5 + 2 · 1 = 7. Now the stride has doubled the steps, so 7 + 2 · 2 = 11. Eleven windows
# that begin one hop apart last ten hops and one window:

# %%
seen_ms = 10 * 256 / 22050 * 1000 + 512 / 22050 * 1000
print(round(seen_ms), round(11 * 22050 / 512))
