# %% [markdown]
# # 7 · The first weights
#
# > **Los primeros pesos.** Antes de aprender nada, la red ya es un instrumento: puede apagar el sonido
# > capa por capa, o hacerlo estallar. Siete maneras de sortear los pesos, lo que cada una conserva, y
# > cómo suena una onda después de veinte capas.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](07-initialisation.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# The lecture names this section and leaves it empty. The weights cannot all begin at zero: then all
# filters would give the same, get the same gradient, and stay the same for ever. So they are drawn at
# random. The question is how large they should be.
#
# A unit adds up `fan_in` products. If weights and inputs are independent and the weights have mean 0,
# the variance of the sum is
#
# ```text
# Var(y) = fan_in · Var(w) · E[x²]            on the way there,
# Var(∂x) = fan_out · Var(w) · Var(∂y)        on the way back,
#
# fan_in = C·K·L values that a filter reads,  fan_out = M·K·L sums that a value takes part in.
# ```
#
# Each layer multiplies by this factor again. With 0.9, half the power of a sound is lost in seven
# layers; with 1.1, it nearly doubles. ReLU lets only half of the power through, so the factor should be
# 2, not 1.
#
# | rule | Var(w) | what it keeps constant |
# |---|---|---|
# | LeCun 1998 | 1 / fan_in | the power on the way forward, without ReLU |
# | Glorot 2010, uniform and normal | 2 / (fan_in + fan_out) | a compromise of both ways, without ReLU |
# | He 2015, fan in | 2 / fan_in | the power on the way forward, through ReLU |
# | He 2015, fan out | 2 / fan_out | the power of the error on the way back |
# | orthogonal, Saxe 2014 | 1 / max(rows, columns), times gain² | lengths and angles, not only their mean |
# | delta-orthogonal, Xiao 2018 | the same at the middle weight, 0 elsewhere | the same for a whole convolution |
#
# ![The power of a sound after each of twenty layers, and of the error on its way back, for seven rules: fixed spreads explode or die, LeCun and Glorot lose three decibels a layer, He and the orthogonal rules stay near zero](pictures/power-by-depth.svg)

# %% [markdown]
# ## Twenty layers
#
# We take four notes, one convolution to sixteen channels, then twenty convolutions of 3×3 with ReLU. How
# much of the power is left, in decibels?

# %%
import numpy as np
import tonotope as tt
from tonotope.reference import initialise
from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve
from tonotope.reference.mel import log_power, mel_bands, mel_filters
from tonotope.reference.spectrum import hann, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings[:4]
waves = np.concatenate([tt.Clip.read(one.path).resampled(11025).samples for one in notes])
power = np.abs(stft(waves.astype(float), hann(512), hop=440)) ** 2
x = log_power(mel_bands(power, mel_filters(32, 512, 11025)), offset=1e-3)[:, None]
x = (x - x.mean()) / x.std()


def left_db(draw, depth=20, seed=0):
    """What twenty fresh layers leave of the power of four notes, in dB."""
    generator = np.random.default_rng(seed)
    first = initialise.he_fan_in((16, 1, 3, 3), generator)
    y = relu(convolve(x, first, np.zeros(16), padding=(1, 1)))
    begin = (y**2).mean()
    for _ in range(depth):
        y = relu(convolve(y, draw((16, 16, 3, 3), generator), np.zeros(16), padding=(1, 1)))
    return round(float(10 * np.log10((y**2).mean() / begin)))


rules = {
    "LeCun": initialise.lecun_normal,
    "Glorot": initialise.glorot_normal,
    "He": initialise.he_fan_in,
    "orthogonal": lambda shape, rng: initialise.orthogonal(shape, rng, 2**0.5),
    "delta-orthogonal": lambda shape, rng: initialise.delta_orthogonal(shape, rng, 2**0.5),
    "0.05": lambda shape, rng: 0.05 * rng.standard_normal(shape),
    "0.2": lambda shape, rng: 0.2 * rng.standard_normal(shape),
}
print({name: left_db(draw) for name, draw in rules.items()})

# %% [markdown]
# No rule ends at 0. The rules hold for the average over all draws, and sixteen filters are few. Also,
# each layer puts zeros around the plane, and zeros have no power. Here are eight draws with He's rule:

# %%
print([left_db(initialise.he_fan_in, seed=seed) for seed in range(8)])

# %% [markdown]
# LeCun's and Glorot's rules lose one half at every ReLU, which is 10 · log₁₀ 2 = 3 dB. That makes sixty
# decibels in twenty layers, in addition to what He's rule loses. They were made for tanh, which does
# not change small values. In this network every layer has as many channels as the one before, so
# fan_in = fan_out: LeCun's and Glorot's rules are then the same, and so are the two of He. Where fan_in
# and fan_out differ, the variances differ too:

# %%
from tonotope.reference.initialise import fans

print(fans((16, 6, 5, 5)))

# %%
generator = np.random.default_rng(0)
for name in ("lecun_normal", "glorot_uniform", "glorot_normal", "he_fan_in", "he_fan_out"):
    weight = getattr(initialise, name)((256, 96, 5, 5), generator)
    fan_in, fan_out = fans(weight.shape)
    print(
        f"{name}: variance × fan_in {weight.var() * fan_in:.2f}, × fan_out {weight.var() * fan_out:.2f}"
    )

# %% [markdown]
# ## Listen
#
# Without ReLU, twenty layers of sixteen one-dimensional filters act as one long filter. Put a note into
# channel 0 and listen to channel 0 of the output:

# %%
from tonotope.reference.convolve import convolve_1d

note = tt.Clip.read(notes[1].path).resampled(11025).samples[0, :8000].astype(float)


def through(draw, depth=20):
    generator = np.random.default_rng(0)
    sound = np.zeros((1, 16, len(note)))
    sound[0, 0] = note
    for _ in range(depth):
        sound = convolve_1d(sound, draw((16, 16, 3), generator), np.zeros(16), padding=1)
    return sound


for name in ("lecun_normal", "orthogonal", "delta_orthogonal"):
    heard = through(getattr(initialise, name))
    change_db = 10 * np.log10((heard**2).sum() / (note**2).sum())
    alike = np.corrcoef(heard[0, 0], note)[0, 1]
    tt.Clip(heard[0, 0] / abs(heard[0, 0]).max(), 11025).write(f"lesson/{name}.wav")
    print(f"{name}: {change_db:+.1f} dB in all, channel 0 like the note: {abs(alike):.2f}")

# %% [markdown]
# Delta-orthogonal layers spread the note over the channels, do not change its sound, and lose none of
# its power. With such weights Xiao and others trained ten thousand layers. LeCun's twenty
# layers are one random filter of 41 weights, and the note sounds as if through a bad telephone.
# *Orthogonal* keeps the lengths of patches. The patches of a convolution overlap, so this does not keep
# the length of the sound.

# %% [markdown]
# ## The machine
#
# PyTorch draws the weights and biases of its own layers uniformly between −1 / √fan_in and
# 1 / √fan_in. This is none of the rules above. In tonotope `init` is a key of every network and names
# the rule:

# %%
import torch

_ = torch.manual_seed(0)
own = torch.nn.Conv2d(96, 256, 5).weight.detach().numpy()
print(f"variance × fan_in: {own.var() * fans(own.shape)[0]:.2f}")

# %%
# !tonotope shapes vgg --short --set network.init=orthogonal --set 'network.widths=[8, 16]' --input 1x32x32

# %% [markdown]
# The shapes are the same whatever is drawn. The training is not.
#
# **What it does to sound, measured:** [initialisers](../experiments.md#initialisers).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. After how many layers is a sound 60 dB quieter with PyTorch's own rule?** A uniform variable
# between −a and a has the variance a² / 3, here a = 1 / √fan_in. Each layer ends in ReLU.

# %%
# Your turn.

# %% [markdown]
# **2. Does the error on the way back follow the same rule?** Look at the right half of the picture. Then
# think of a layer with four times as many filters as channels.

# %%
# Your turn.

# %% [markdown]
# **3. Why must the weights differ at all?** Give four filters the same weights, and compare the four
# outputs for `x`.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: LeCun, Bottou, Orr and Müller, "Efficient BackProp" (1998), section 4.6; Glorot and Bengio
# (2010), equations 12 and 16; He, Zhang, Ren and Sun (2015), equations 10 and 14; Saxe, McClelland and
# Ganguli (2014); Xiao, Bahri, Sohl-Dickstein, Schoenholz and Pennington (2018), algorithm 2. Code:
# [`reference/initialise.py`](../../src/tonotope/reference/initialise.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. After how many layers is a sound 60 dB quieter with PyTorch's own rule?**

# %% [markdown]
# The variance is a third of 1 / fan_in, and ReLU keeps a half, so each layer keeps a sixth of the power:

# %%
per_layer_db = 10 * np.log10(1 / 3 / 2)
print(round(float(per_layer_db), 1), int(np.ceil(-60 / per_layer_db)))

# %% [markdown]
# Batch normalisation hides this, because it gives every channel the same scale whatever was drawn. See
# [the next chapter](08-dropout-and-batch-normalisation.md).

# %% [markdown]
# **2. Does the error on the way back follow the same rule?**

# %% [markdown]
# For equal widths it does, as the picture shows. If a layer has four times as many filters as channels,
# He's fan-in rule keeps the power of the sound, and the power of the error grows by
# fan_out / fan_in = 4. One such layer does no harm: the two rules differ by a constant, and usually the
# next layer undoes it.

# %% [markdown]
# **3. Why must the weights differ at all?**

# %%
same = np.ones((4, 1, 3, 3)) / 9
y = relu(convolve(x, same, np.zeros(4)))
print((y == y[:, :1]).all())

# %% [markdown]
# Four filters, one and the same output.
