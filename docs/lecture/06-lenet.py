# %% [markdown]
# # 6 · LeNet
#
# > **LeNet.** La red que leía cifras escritas a mano, con un sonido dentro: la de 1998 con
# > todas sus rarezas y la que se enseña hoy. Se cuentan sus parámetros y conexiones, capa por capa, y se
# > calcula a mano.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](06-lenet.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# LeNet was made to read handwritten digits. It has everything from the chapters before this one:
# convolution, pooling, convolution, pooling, dense layers. A spectrogram of 32 frames and 32 bands has
# the shape of its images, so it can read a sound without any change.
#
# ![A note of a sitar on its way through LeNet: one plane of 32 by 32, six of 28 by 28, six of 14 by 14, sixteen of 10 by 10, sixteen of 5 by 5, then rows of 120, 84 and 10](pictures/lenet-stack.svg)

# %% [markdown]
# ## As it is taught today

# %%
# !tonotope shapes lenet

# %% [markdown]
# Check the numbers once by hand. A filter of 5×5 on one channel has 25 weights and a bias, so six of
# them have 156 parameters. There are 32 − 5 + 1 = 28 places along each axis. Sixteen filters over six
# channels have 16 · (6 · 25 + 1) = 2,416. The row has 16 · 5 · 5 = 400 values, and the first dense layer
# 120 · (400 + 1) = 48,120 parameters. Four fifths of the network are in that one layer.
#
# The whole network is ten lines of the reference:

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.activate import relu
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import dense, flatten
from tonotope.reference.initialise import he_fan_in
from tonotope.reference.mel import log_power, mel_bands, mel_filters
from tonotope.reference.pool import max_pool
from tonotope.reference.spectrum import hann, stft

shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]
generator = np.random.default_rng(0)
weights = [he_fan_in(shape, generator) for shape in shapes]
biases = [np.zeros(len(weight)) for weight in weights]


def lenet(x):
    """(batch, 1, 32, 32) to ten scores each."""
    for weight, bias in zip(weights[:2], biases[:2]):
        x, _ = max_pool(relu(convolve(x, weight, bias)), (2, 2))
    x = flatten(x)
    for weight, bias in zip(weights[2:4], biases[2:4]):
        x = relu(dense(x, weight, bias))
    return dense(x, weights[4], biases[4])


print(sum(weight.size for weight in weights + biases))

# %%
notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
waves = np.concatenate([tt.Clip.read(one.path).resampled(11025).samples for one in notes])
power = np.abs(stft(waves.astype(float), hann(512), hop=440)) ** 2
x = log_power(mel_bands(power, mel_filters(32, 512, 11025)), offset=1e-3)[:, None]
print(x.shape, lenet(x).shape)

# %% [markdown]
# With these weights it knows nothing yet: its largest score is as good as a random guess. To see how it
# *learns* with nothing but the reference, gradients and Adam included, read the short script
# [`experiments/lenet_by_hand.py`](../../experiments/lenet_by_hand.py). It trains on real spoken digits,
# and the tests compare each of its losses with PyTorch's.
#
# The same network as a module of PyTorch gives the same scores from the same weights:

# %%
import torch

shape = tt.Shape([tt.Axis("channel", 1), tt.Axis("time", 32), tt.Axis("frequency", 32)])
body = tt.LeNet().build(shape).double()
layers = [layer for layer in body.modules() if hasattr(layer, "weight")]
with torch.no_grad():
    for layer, weight in zip(layers, weights):
        _ = layer.weight.copy_(torch.from_numpy(weight)), layer.bias.zero_()
    features = body(torch.from_numpy(x)).numpy()
print(np.allclose(dense(features, weights[4], biases[4]), lenet(x), atol=1e-9))

# %% [markdown]
# ## As it was in 1998

# %%
# !tonotope shapes lenet5

# %% [markdown]
# Textbooks leave out four things. This is what each was for:
#
# - **Subsampling learns.** y = f(w · the sum of the four + b), with one w and one b for each map: 12 and
#   32 parameters. Mean pooling has none.
# - **Not every filter reads every map.** A table says which three, four or six maps of S2 each filter of
#   C3 reads. That saves connections, and filters that read different maps cannot all learn the same.
# - **A scaled tanh**, f(a) = 1.7159 · tanh(2a / 3), with f(±1) = ±1. The targets are ±1, and there the
#   curve is still far from its flat ends.
# - **Distances instead of softmax.** Each class has a code of 84 values ±1, a drawing of its character in
#   7×12. The nearest code wins. The codes are fixed: no parameters, 840 connections.
#
# ![Which of the six maps each of the sixteen filters of C3 reads: six filters read three neighbours, nine read four, one reads all](pictures/connection-table.svg)
#
# Because of the table the third layer has 1,516 parameters and not 2,416:

# %%
reads = 6 * [3] + 9 * [4] + [6]  # how many maps each filter reads
print(sum(25 * maps + 1 for maps in reads), 16 * (25 * 6 + 1))

# %%
third = tt.shapes("lenet5").layers[4]
print(third.text, third.parameters)

# %% [markdown]
# The scaled tanh gives ±1 for ±1:

# %%
from tonotope.reference.activate import scaled_tanh

print(scaled_tanh(np.array([-2.0, -1.0, 0.0, 1.0, 2.0])).round(3).tolist())

# %% [markdown]
# **What it does to sound, measured:**
# [LeNet then and now](../experiments.md#lenet-then-and-now).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. What is a connection?** The paper counts 122,304 connections in C1, but 156 parameters. C1 has six
# filters of 5×5 and an output of 6×28×28. Find the two formulas.

# %%
# Your turn.

# %% [markdown]
# **2. C5 is called a convolution, but on 32×32 it does the same as a dense layer. What is the difference
# on a longer sound?** Use `tonotope shapes` with an input of 64 frames: `--input 1x64x32`.

# %%
# Your turn.

# %% [markdown]
# **3. Is LeNet a good choice for sound?** Think of what its dense layer must learn if a note may begin at
# any time.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition"
# (1998), section II.B and Table I. Code: [`network/lenet.py`](../../src/tonotope/network/architectures/lenet.py),
# [`network/lenet5.py`](../../src/tonotope/network/architectures/lenet5.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. What is a connection?**

# %% [markdown]
# A connection is a wire into an output, and the bias counts as one. Each output has 25 wires and a bias.
# The weights behind them are shared, so there are far fewer parameters:

# %%
print(6 * 28 * 28 * (25 + 1), 6 * (25 + 1))

# %% [markdown]
# **2. C5 is called a convolution, but on 32×32 it does the same as a dense layer. What is the difference
# on a longer sound?**

# %% [markdown]
# A dense layer would not fit. The convolution finds more places:

# %%
# !tonotope shapes layers --input 1x64x32 --short --set 'network.layers=["conv 6 5x5", "meanpool 2x2", "conv 16 5x5", "meanpool 2x2", "conv 120 5x5"]'

# %% [markdown]
# There are nine places along time. They take 1,308,000 multiply-adds, and one place takes 405,600: the
# places share most of their work. In this way LeNet was run along whole lines of writing, and in the
# same way a detector runs along hours of sound.

# %% [markdown]
# **3. Is LeNet a good choice for sound?**

# %% [markdown]
# The dense layer has its own weights for every instant of a clip, so it must learn the same note again
# for each time at which it may begin. On the sixteen instruments of [the quick
# start](../quick-start.md#change-one-thing), a network with as many weights, nearly all of them in
# convolutions, names far more.
