# %% [markdown]
# # 3 · Convolution in one dimension
#
# > **La convolución en el tiempo.** El mismo principio sobre la onda misma: un filtro de K muestras
# > que recorre el tiempo. Se contesta qué forma tienen sus filtros, se ve que un espectrograma es una
# > convolución con filtros fijos, y se oye la diferencia entre convolución y correlación cruzada.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](03-convolution-1d.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# A wave has no frequency axis, and a filter needs none: a filter of K samples slides along time alone.
# It finds a *shape in time*. If the filter is a short piece of a tone, it answers to that tone and to
# no other. A row of such filters does what a spectrogram does, with one difference: these filters can
# be learnt.
#
# ![Two notes at once, a filter of 511 samples tuned to one of them, and what it lets through; beside each its spectrum](pictures/filter-on-a-wave.svg)

# %% [markdown]
# ## The formula
#
# ```text
# y[n, m, t] = b[m] + Σ_c Σ_k  w[m, c, k] · x[n, c, s·t + d·k]
# ```
#
# Here s is the stride, the number of samples by which the filter moves. And d is the dilation, the
# distance between the weights of the filter.

# %% [markdown]
# ## What shape do the filters have?
#
# The lecture asks this and leaves it open. Sounds N×T have no axis but time, so a filter of the first
# layer is a row of **K** numbers, and M filters are M×K. In general a filter reads all channels of its
# input, so its shape is **K×C**: with two microphones K×2, after a layer of sixteen filters K×16. The
# output is N×(T − K + 1)×M. This is [chapter 2](02-convolution-2d.md) with L = F = 1; nothing else
# changes, and the reference computes it that way.

# %%
# !tonotope shapes layers --set representation.kind=waveform --set representation.rate_hz=22050 --set data.clip_s=1.3 --set 'network.layers=["conv 16 511 stride 4", "relu", "conv 32 9"]'

# %% [markdown]
# In one dimension the size of a filter is a time, in milliseconds. The frequency that it answers to
# depends on its weights.

# %% [markdown]
# ## A filter for one note
#
# A flute and a cello play at once, the flute at 262.7 Hz and the cello at 389.5 Hz. The filter is a
# cosine of 262.7 Hz that swells and fades.

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.convolve import convolve_1d, convolve_1d_loops, flip

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
sounds = {note.targets["label"]: tt.Clip.read(note.path).samples[0] for note in notes}
flute, cello = (sounds[name][3000:18435].astype(float) for name in ("flute", "cello"))
both = 0.2 * flute / abs(flute).max() + 0.2 * cello / abs(cello).max()
middle = np.arange(511) - 255
window = 0.5 * (1 + np.cos(2 * np.pi * middle / 511))
tuned = window * np.cos(2 * np.pi * 262.717 * middle / 22050) * 2 / window.sum()
heard = convolve_1d(both[None, None], tuned[None, None], np.zeros(1))
print(both.shape, heard.shape)

# %%
tt.Clip(both, 22050).write("lesson/both.wav")
tt.Clip(heard[0, 0], 22050).write("lesson/flute-alone.wav")

# %% [markdown]
# How much is left of each? The response of a filter at a frequency is one term of its Fourier
# transform:

# %%
from tonotope.reference.spectrum import response_db

print([round(response_db(tuned, hertz, 22050), 1) + 0.0 for hertz in (262.717, 389.453)])

# %% [markdown]
# The flute's fundamental passes unchanged. The cello's fundamental is about fifty decibels quieter. The
# overtones of the flute are quieter too: we hear its pitch, but not its timbre. A network would need
# more filters for those.
#
# The loops of the formula and PyTorch give the same:

# %%
import torch

short, plain = both[None, None, :600], np.zeros(1)
slow = convolve_1d_loops(short, tuned[None, None], plain)
machine = torch.nn.functional.conv1d(*map(torch.from_numpy, (short, tuned[None, None], plain)))
print(np.allclose(slow, heard[:, :, :90]), np.allclose(machine.numpy(), slow))

# %% [markdown]
# ## A spectrogram is a convolution
#
# Take as filters the rows of the Fourier transform, multiplied by the window: one cosine and one sine
# for each bin. Take the hop as the stride. Then a convolution on the wave *is* the complex spectrogram
# of [chapter 1](01-sound-as-tensors.md):

# %%
from tonotope.reference.spectrum import dft_matrix, hann, real_imaginary, stft

rows = dft_matrix(512, 257) * hann(512)  # (257, 512), complex
filters = np.concatenate([rows.real, rows.imag])[:, None]  # M × C × K
print(filters.shape)

# %%
by_filters = convolve_1d(both[None, None], filters, np.zeros(514), stride=256)
by_frames = real_imaginary(stft(both[None], hann(512), hop=256))  # (1, 2, T, F)
by_filters = by_filters.reshape(1, 2, 257, -1).swapaxes(2, 3)
print(by_filters.shape, bool(np.allclose(by_filters, by_frames, atol=1e-10)))

# %% [markdown]
# So a network on waves can learn a spectrogram if it needs one, or something that suits the question
# better. The price: it must first find 257 · 2 · 512 = 263,168 weights, and nobody tells it that
# neighbouring bins are neighbours. Whether this is worth it depends on the question and on the amount
# of sound there is to learn from. CREPE, which finds pitch, begins with 1,024 filters of 512 samples
# and a stride of 4:

# %%
# !tonotope shapes crepe --short

# %% [markdown]
# **What it does to sound, measured:**
# [waveform or spectrogram](../experiments.md#waveform-or-spectrogram), [pitch](../experiments.md#pitch).

# %% [markdown]
# ## Laid as it is, or turned round
#
# What neural networks call a convolution is a *cross-correlation*: it uses x[t + k]. The convolution of
# mathematics and signal processing goes backwards: it uses x[t − k]. Where the weights are learnt, the
# difference does not matter, because the network simply learns the mirrored filter. Where the filter is
# given, you can hear the difference. An echo is a filter of two weights: 1 now, and 0.5 a quarter of a
# second away. With a dilation of 5,512 samples it has K = 2:

# %%
note = sounds["harpsichord"][:6174].astype(float)
silence = np.zeros(5512)
room = np.concatenate([silence, note, silence])[None, None]
taps = np.array([[[1.0, 0.5]]])
laid = convolve_1d(room, taps, np.zeros(1), dilation=5512)[0, 0]
turned = convolve_1d(room, flip(taps), np.zeros(1), dilation=5512)[0, 0]
tt.Clip(laid, 22050).write("lesson/echo-before.wav")
tt.Clip(turned, 22050).write("lesson/echo-after.wav")
first, last = slice(0, 5512), slice(-5512, None)
print(
    [
        round(float(abs(one[part]).max() / abs(note).max()), 2)
        for one in (laid, turned)
        for part in (first, last)
    ]
)

# %% [markdown]
# ![The same two taps on a note of a harpsichord: laid as they are, the quiet copy comes first; turned round, it comes second](pictures/echo-before-and-after.svg)
#
# Used as it is, the filter puts the quiet copy *first*. No room sounds like that.

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. How much time does one value see, after the first layer and after the second?** Use the network of
# the first table: 511 weights with a stride of 4, then 9 weights.

# %%
# Your turn.

# %% [markdown]
# **2. How many multiply-adds does the first layer take?** One for each place, each filter and each
# weight.

# %%
# Your turn.

# %% [markdown]
# **3. What would pooling look like in one dimension?** Write down the shape of the windows and of the
# output. No code is needed.

# %%
# Your turn.

# %% [markdown]
# **4. What if the filter is as long as the sound?** How many places does it have, and which layer do you
# know that does the same?

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: Goodfellow, Bengio and Courville, *Deep learning* (2016), section 9.1, equations 9.4 and
# 9.6, for convolution and cross-correlation; Kim, Salamon, Li and Bello, "CREPE" (2018), with the
# layers of its published code. Code:
# [`reference/convolve.py`](../../src/tonotope/reference/convolve.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. How much time does one value see, after the first layer and after the second?**

# %% [markdown]
# After the first layer 511 samples, 23.2 ms. The second layer has only 9 weights, but its inputs are 4
# samples apart:

# %%
print(511 + (9 - 1) * 4, round((511 + (9 - 1) * 4) / 22050 * 1000, 1))

# %% [markdown]
# **2. How many multiply-adds does the first layer take?**

# %%
places = (28665 - 511) // 4 + 1
print(places, places * 16 * 511)

# %% [markdown]
# **3. What would pooling look like in one dimension?**

# %% [markdown]
# A window of Q samples slides along time, in each channel. With a stride s, N×T×M becomes
# N×⌊(T − Q) / s + 1⌋×M. [The next chapter](04-pooling.md) shows what that does to a wave.

# %% [markdown]
# **4. What if the filter is as long as the sound?**

# %% [markdown]
# One place: the convolution has become a dense layer. For this reason LeNet's fifth layer is called a
# convolution; see [chapter 6](06-lenet.md).
