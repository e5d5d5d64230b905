# %% [markdown]
# # 4 · Pooling
#
# > **El pooling.** De cada pocos vecinos queda un valor: el mayor o la media. Se ve quién gana en cada
# > ventana y quién recibe el error al volver, cómo es el pooling de una onda, y se oye lo que queda de un
# > sonido cuando sólo quedan los ganadores.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](04-pooling.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# After a convolution, neighbouring values are similar: a stroke that fits the filter in one frame fits
# it nearly as well in the next. Pooling puts windows of Q×R on each plane and keeps one value of each.
# After that there is less to compute, each value sees more of the sound, and it no longer matters
# exactly when within the window something happened.
#
# ![A stretch of a spectrogram in windows of 4 by 4 with the largest cell of each marked; beside it the plane of the largest values and the plane of the means](pictures/pooled-plane.svg)

# %% [markdown]
# ## The formula
#
# ```text
# largest:  y[n, c, t, f] = max_{q, r}  x[n, c, s·t + q, u·f + r]
# mean:     y[n, c, t, f] = Σ_{q, r}    x[n, c, s·t + q, u·f + r] / (Q·R)
# ```
#
# Q ≤ T and R ≤ F. The strides s and u are Q and R unless you choose others. Each channel is pooled by
# itself, and there is nothing to learn.

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.pool import max_pool, mean_pool
from tonotope.reference.spectrum import hann, magnitude, overlap_add, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
sounds = {note.targets["label"]: tt.Clip.read(note.path).samples[0] for note in notes}
wave = sounds["marimba"].astype(float)
spectrum = stft(wave[None], hann(512), hop=256)
x = magnitude(spectrum)  # N × C × T × F
largest, winners = max_pool(x, (4, 4))
print(x.shape, largest.shape, mean_pool(x, (4, 4)).shape)

# %% [markdown]
# 110 frames make 27 windows of four, and two frames are left over. In *ceil mode* one more window takes
# them:

# %%
print(max_pool(x, (4, 4), ceil=True)[0].shape)

# %% [markdown]
# PyTorch finds the same values and the same winners:

# %%
import torch

values, places = torch.nn.functional.max_pool2d(torch.from_numpy(x), 4, return_indices=True)
print((values.numpy() == largest).all(), (places.numpy() == winners).all())

# %% [markdown]
# ## The way back
#
# On the way back, the error of an output value goes to the inputs that made it. For the largest value,
# that is the winner alone. For the mean, it is all inputs in equal parts. So max pooling has to remember
# who won:

# %%
from tonotope.reference.gradients.pool import max_pool_backward, mean_pool_backward

upstream = np.ones_like(largest)
to_largest = max_pool_backward(upstream, winners, x.shape)
to_mean = mean_pool_backward(upstream, x.shape, (4, 4))
print(
    [int((one > 0).sum()) for one in (to_largest, to_mean)],
    float(to_largest.max()),
    float(to_mean.max()),
)

# %% [markdown]
# With max pooling one cell of sixteen gets the whole error. With the mean, all sixteen get a sixteenth
# each.

# %% [markdown]
# ## Listen
#
# How much of a sound are the winners? Silence every cell of the spectrogram that did not win its
# window, and go back to a wave by overlap-add:

# %%
for size in ((1, 4), (4, 1), (4, 4)):
    won = np.zeros(x.size, bool)
    won[max_pool(x, size)[1].ravel()] = True
    alone = spectrum * won.reshape(x.shape[2:])
    tt.Clip(overlap_add(alone, hop=256), 22050).write(f"lesson/winners-{size[0]}x{size[1]}.wav")
    energy = (np.abs(alone) ** 2).sum() / (np.abs(spectrum) ** 2).sum()
    print(f"{size[0]}×{size[1]}: {won.mean():.0%} of the cells, {energy:.0%} of the energy")

# %% [markdown]
# ![A phrase of guitar, flute and marimba as a spectrogram, and the same with the winners of windows of 4 by 4 alone](pictures/winners-alone.svg)
#
# A quarter of the bins holds five sixths of the energy: along frequency the winners are the partials,
# and between the partials there is mostly noise. Along time the winners hold less. A steady tone is
# nearly as loud in every frame, so each winner silences three frames that are as good. That is why
# `lesson/winners-4x4.wav` flutters. Its strokes are still where they were.

# %% [markdown]
# ## How would the pools look in one dimension?
#
# This is the lecture's third open question. A window of **Q** samples slides along time, and N×T×M
# becomes N×⌊(T − Q) / s + 1⌋×M. It is the same formula with R = F = 1. In tonotope `maxpool 4` has one
# size where `maxpool 4x4` has two:

# %%
# !tonotope shapes layers --set representation.kind=waveform --set representation.rate_hz=22050 --set data.clip_s=1.3 --set 'network.layers=["conv 16 511 stride 4", "relu", "maxpool 4"]' --short

# %% [markdown]
# On features, pooling does no harm. On a *wave* it does, and you can hear why. If you keep one value of
# four, a quarter of the rate is left: 5,512.5 Hz. Such a wave cannot hold frequencies above 2,756 Hz.
# They do not disappear; they come back as lower, false frequencies. This is called aliasing. The sound
# here is a tone that rises from 100 Hz to 10 kHz:

# %%
time = np.arange(28665) / 22050
hertz = 100 + 9900 * time / time[-1]
sweep = 0.3 * np.sin(2 * np.pi * np.cumsum(hertz) / 22050)
plane = sweep[None, None, :, None]  # N × C × T × 1
mean = mean_pool(plane, (4, 1))[0, 0, :, 0]
top, _ = max_pool(plane, (4, 1))
tt.Clip(sweep, 22050).write("lesson/sweep.wav")
tt.Clip(mean, 5512).write("lesson/sweep-mean.wav")
tt.Clip(top[0, 0, :, 0], 5512).write("lesson/sweep-max.wav")

# %% [markdown]
# ![A rising tone as a spectrogram; after the mean of four it rises, falls and rises again; after the largest of four a web of folded overtones is added](pictures/pooled-sweep.svg)
#
# The mean of four is a filter: it makes high frequencies a little quieter before they alias. The
# largest of four is not a filter at all. It bends the wave, the bends add overtones, and the overtones
# alias too. By how many decibels does the mean change a tone of 500, 2,756 and 4,000 Hz?

# %%
from tonotope.reference.spectrum import response_db

mean_of_four = np.full(4, 1 / 4)
print([round(response_db(mean_of_four, hertz, 22050), 1) for hertz in (500, 2756, 4000)])

# %% [markdown]
# Four decibels at the frequency where aliasing begins is little. A resampler, such as the one that
# tonotope uses when it reads recordings, removes nearly all of what would alias. Pooling inside a
# network does not, and the network learns with the false frequencies in its input.
#
# **What it does to sound, measured:** [max against mean](../experiments.md#pooling).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. What does pooling forget?** Shift the sound by one frame: cut the first 256 samples off, or the
# last 256. Among the loud values, what share stays the same within a tenth? Compare no pooling, max
# pooling of 4×4, and max pooling of 8×1.

# %%
# Your turn.

# %% [markdown]
# **2. The network of Piczak for 41 frames ends with 4 windows, but ⌊(10 − 3) / 3⌋ + 1 is 3. Why?** Print
# the layers with `tonotope shapes piczak-short --short`, and look at the second pool.

# %%
# Your turn.

# %% [markdown]
# **3. Is one large pool the same as two small ones?** Compare max pooling of 4×4 with max pooling of 2×2,
# applied twice. Then try the mean.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: LeCun, Bottou, Bengio and Haffner (1998), section II.B, where the mean is called
# sub-sampling and has a weight and a bias; Ranzato, Huang, Boureau and LeCun (2007), for the maximum
# in its place; Piczak, "Environmental sound classification with convolutional neural networks"
# (2015), and the code published with it. Code:
# [`reference/pool.py`](../../src/tonotope/reference/pool.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. What does pooling forget?**

# %%
late = stft(wave[None, :-256], hann(512), hop=256)
soon = stft(wave[None, 256:], hann(512), hop=256)


def same(one, other):
    loud = one > 0.01 * one.max()
    return f"{(np.abs(one - other) < 0.1 * one)[loud].mean():.0%}"


late, soon = magnitude(late), magnitude(soon)
print(same(late, soon), same(max_pool(late, (4, 4))[0], max_pool(soon, (4, 4))[0]))
print(same(max_pool(late, (8, 1))[0], max_pool(soon, (8, 1))[0]))

# %% [markdown]
# The more time a window covers, the less a shift of one frame changes.

# %% [markdown]
# **2. The network of Piczak for 41 frames ends with 4 windows, but ⌊(10 − 3) / 3⌋ + 1 is 3. Why?**

# %% [markdown]
# Its library pooled in ceil mode. Ten values in windows of three make three full windows, and one
# window with a single value:

# %%
from tonotope.reference.pool import pooled_size

print(pooled_size(10, 3, 3), pooled_size(10, 3, 3, ceil=True))

# %%
# !tonotope shapes piczak-short --short

# %% [markdown]
# One window more means 80 values more for each of the 5,000 units that follow. So 400,000 parameters
# depend on that rounding.

# %% [markdown]
# **3. Is one large pool the same as two small ones?**

# %% [markdown]
# Yes:

# %%
twice, _ = max_pool(max_pool(x, (2, 2))[0], (2, 2))
print((twice == largest).all())

# %% [markdown]
# For the mean it is true as well, because all windows are full: each value counts for a sixteenth.
