# %% [markdown]
# # 1 · Sound as tensors
#
# > **El sonido como tensor.** Una grabación es una fila de números; su espectrograma, un plano de
# > tiempo y frecuencia; el espectrograma complejo, dos planos. Aquí se ve qué ejes tiene cada uno, en
# > qué unidades se miden, y se oye lo que se pierde cuando sólo queda la magnitud.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](01-sound-as-tensors.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# A microphone writes down the air pressure many times a second. N recordings of T samples each are a
# matrix N×T. That is all a sound is for a computer; everything in this chapter is another way to
# arrange the same numbers.
#
# So far the rows of the course's matrices were *features*, N×D: for example a centroid, an average and
# a loudness. You may shuffle the columns of such a matrix, if you shuffle every row in the same way,
# and no method taught so far would notice. You cannot do that with the samples of a sound: their order
# is what we hear. A **tensor** is a matrix with any number of axes, and each axis means something. Two
# values that are neighbours along the axis *time* were heard one after the other.
#
# ![A waveform of guitar, flute and marimba over 1.8 seconds, and below it the magnitude spectrogram of the same sound up to 5 kHz](pictures/wave-and-plane.svg)

# %% [markdown]
# ## From a row to a plane
#
# The sound is cut into short frames. Each frame of samples is multiplied by a window w, which fades its
# two ends. The Fourier transform then says how much of each frequency the frame holds. The next frame
# begins one hop later.
#
# ```text
# X[t, k] = Σ_n  w[n] · x[t·hop + n] · e^(-2πi·k·n / window)
#
# T = ⌊(samples - window) / hop⌋ + 1 frames,   hop / rate     seconds apart
# F = window / 2 + 1 bins,                     rate / window  hertz apart
# ```
#
# Each number X[t, k] is complex. Its magnitude says how much there is of a frequency. Its angle (the
# phase) says where in its cycle that frequency is. A network takes real numbers, so there are two ways
# to give it the spectrum: the **magnitude** as one channel, N×T×F, or the real and the imaginary part
# as two channels, N×T×F×C with C = 2.

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.spectrum import hann, magnitude, overlap_add, real_imaginary, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
waves = np.concatenate([tt.Clip.read(note.path).samples for note in notes]).astype(float)
print(waves.shape)  # N × T: sixteen instruments, 1.3 s each at 22,050 Hz

# %%
planes = stft(waves, hann(512), hop=256)
print(planes.shape)  # N × T × F, complex
print(magnitude(planes).shape, real_imaginary(planes).shape)

# %% [markdown]
# The formula gives the same sizes: ⌊(28,665 − 512) / 256⌋ + 1 = 110 frames and 512 / 2 + 1 = 257 bins.
# The lecture writes the channel as the last axis; PyTorch and tonotope write it as the second. You get
# from one to the other by a transposition, which changes no number:

# %%
print(real_imaginary(planes).transpose(0, 2, 3, 1).shape)  # the lecture's N × T × F × C

# %% [markdown]
# ![Three planes of one cello note, close up: the real part and the imaginary part swing between below and above zero, the magnitude is smooth](pictures/two-channels.svg)
#
# In the two channels each partial changes its sign from frame to frame, because each frame meets it at
# another point of its cycle. Where one channel is zero, the other is not. The two together are as
# steady as the magnitude.

# %% [markdown]
# ## The machine
#
# The same as modules of PyTorch, whose axes are in seconds and hertz. A model of tonotope is made of
# these modules.

# %%
import torch

spectrum = tt.Complex(rate_hz=22050, window_s=512 / 22050, hop_s=256 / 22050)
print(spectrum.out_shape(spectrum.clip_shape(28665)))

# %%
machine = spectrum.build(spectrum.clip_shape(28665)).double()
four = machine(torch.from_numpy(waves[:4])).numpy()
print(np.allclose(four, real_imaginary(planes)[:4], atol=1e-6))

# %% [markdown]
# `tonotope shapes` says what the axes of an experiment are. It needs no recordings for that:

# %%
# !tonotope shapes layers --set representation.kind=complex --set data.clip_s=1.3 --set representation.window_s=0.02322 --set representation.hop_s=0.01161 --set 'network.layers=["flatten"]'

# %% [markdown]
# ## Listen
#
# Hann windows that begin half a window apart add up to one. So we can go back: transform each frame
# back, put it where it was cut out, and add up the overlaps. This is called *overlap-add*, and it gives
# us the sound again:

# %%
whole = overlap_add(planes, hop=256)
inside = slice(512, whole.shape[1] - 512)  # the first and the last frame stand alone
print(np.abs(whole - waves[:, : whole.shape[1]])[:, inside].max() < 1e-12)

# %% [markdown]
# Now keep the magnitude and replace the angles by random ones:

# %%
angles = np.random.default_rng(0).uniform(-np.pi, np.pi, planes.shape)
lost = overlap_add(np.abs(planes) * np.exp(1j * angles), hop=256)
for name in ("violin", "timpani"):
    at = [note.targets["label"] for note in notes].index(name)
    tt.Clip(whole[at], 22050).write(f"lesson/{name}.wav")
    tt.Clip(lost[at], 22050).write(f"lesson/{name}-without-phase.wav")

# %% [markdown]
# Listen to the files in the folder `lesson`. You still hear the pitch, and you can name the instrument.
# But the tone is rough, and the stroke of the timpani is blurred: only the phase says *when* within a
# frame something happened. A network that is given magnitudes hears the second kind of sound.
#
# **What it does to sound, measured:** [magnitude or complex](../experiments.md#magnitude-or-complex),
# [waveform or spectrogram](../experiments.md#waveform-or-spectrogram).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. How many numbers is one second of sound?** Count them for the wave (22,050 Hz), for its magnitude
# (windows of 512 samples, a hop of 256) and for the complex spectrum as two channels.

# %%
# Your turn.

# %% [markdown]
# **2. Two flutes play 30 Hz apart, at 440 and 470 Hz. From which window length on does a spectrum show
# two peaks?** Guess first: a window of T seconds separates tones that are more than about 1/T hertz
# apart, and a window that fades its ends about doubles that distance. Then add two sines and count the
# peaks of one frame, for windows of 512, 1024, 2048 and 4096 samples.

# %%
# Your turn.

# %% [markdown]
# **3. Before CNNs, people flattened the plane into one row and gave it to a dense layer.** How many
# weights does *one* unit of that layer need, if it reads the complex spectrum of 1.3 s?

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: Oppenheim and Schafer, *Discrete-time signal processing*, chapters 8 and 10; Allen and
# Rabiner, "A unified approach to short-time Fourier analysis and synthesis" (1977), for laying the
# frames back. Code: [`reference/spectrum.py`](../../src/tonotope/reference/spectrum.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. How many numbers is one second of sound?**

# %% [markdown]
# The wave has 22,050. The magnitude has about as many: each sample lies in two frames, and each frame
# of 512 samples becomes 257 numbers. The two channels have twice as many.

# %%
frames_per_s, bins = 22050 / 256, 257
print(round(frames_per_s * bins), round(frames_per_s * bins * 2))

# %% [markdown]
# **2. Two flutes play 30 Hz apart, at 440 and 470 Hz. From which window length on does a spectrum show
# two peaks?**

# %%
time = np.arange(22050) / 22050
pair = (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 470 * time))[None]
for window in (512, 1024, 2048, 4096):
    level = np.abs(stft(pair, hann(window), window // 2)[0, 1])
    inner = level[1:-1]
    peaks = (inner > level[:-2]) & (inner > level[2:]) & (inner > 0.1 * level.max())
    print(f"{window} samples, {1000 * window / 22050:.0f} ms: {peaks.sum()}")

# %% [markdown]
# From 1024 samples on. A long window has a price, and the price is time: everything within 186 ms
# appears as if it happened at once.

# %% [markdown]
# **3. Before CNNs, people flattened the plane into one row and gave it to a dense layer.**

# %%
print(int(np.prod(real_imaginary(planes).shape[1:])))

# %% [markdown]
# One unit needs 56,540 weights, and each weight knows one frequency at one instant. If a note begins
# one frame later, it meets other weights. [The next chapter](02-convolution-2d.md) solves this problem.
