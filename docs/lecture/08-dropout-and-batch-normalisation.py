# %% [markdown]
# # 8 · Dropout and batch normalisation
#
# > **Dropout y normalización por lotes.** Dos capas que hacen una cosa mientras la red aprende y otra
# > cuando se usa. La primera calla valores al azar para que nadie se vuelva imprescindible; la segunda
# > pone cada canal en una misma escala. Se ve, se calcula y se oye lo que cambia con cada una.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](08-dropout-and-batch-normalisation.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# In [chapter 5](05-from-features-to-an-output.md) a dense layer was right on all its training notes and
# on three quarters of the others. The lecture names two remedies and leaves the section empty. They have
# one thing in common, and it causes many mistakes: **each of them does one thing in training and another
# in use.**

# %% [markdown]
# ## Dropout
#
# In training each value is set to zero with probability p, and the draw is new at each step. So a unit
# cannot rely on one neighbour that always knows the answer; several must know it. The values that stay
# are made larger, so that the mean stays the same. Therefore there is nothing to do in use:
#
# ```text
# training   y = x · m / (1 - p),   m = 1 with probability 1 - p, else 0
# use        y = x
# ```
#
# ![The plane of a sitar's note as it is in use, under three masks in training, and the mean of a hundred steps, which looks like the first](pictures/dropout-masks.svg)

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.normalise import draw_mask, dropout_training, dropout_use
from tonotope.reference.spectrum import hann, overlap_add, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
sounds = {one.targets["label"]: tt.Clip.read(one.path).samples[0] for one in notes}
spectrum = stft(sounds["sitar"][None].astype(float), hann(512), hop=256)[0]
x = np.abs(spectrum)
generator = np.random.default_rng(0)
once = dropout_training(x, draw_mask(x.shape, 0.5, generator), 0.5)
print(
    f"mean {once.mean() / x.mean():.2f} of before, mean square {(once**2).mean() / (x**2).mean():.2f}"
)

# %% [markdown]
# Over many draws the mean stays the same, and the mean square becomes 1 / (1 − p) times as large: it
# doubles for p = 0.5. (This plane has its power in few cells, so a single draw is not exact.) Remember
# the second fact if a layer of batch normalisation follows: it learns the variance of training, and
# meets another variance in use. The mean over many masks is what the network does in use:

# %%
many = [dropout_training(x, draw_mask(x.shape, 0.5, generator), 0.5) for _ in range(400)]
error = np.abs(np.mean(many, axis=0) - dropout_use(x)).mean() / x.mean()
print(f"{error:.1%}")

# %% [markdown]
# Listen to one step, with the phases of the note:

# %%
for p in (0.2, 0.5, 0.8):
    silenced = dropout_training(spectrum, draw_mask(x.shape, p, generator), p)
    heard, whole = (overlap_add(one[None], hop=256)[0] for one in (silenced, spectrum))
    noise_db = 10 * np.log10(((heard - whole) ** 2).mean() / (whole**2).mean())
    tt.Clip(0.5 * heard, 22050).write(f"lesson/dropout-{p}.wav")
    print(f"p = {p}: what is wrong is at {noise_db:+.1f} dB of the note")

# %% [markdown]
# With p = 0.5 the error is nearly as strong as the note, with p = 0.8 it is much stronger. A network
# that names the sitar under such conditions must know more than one of its features.

# %% [markdown]
# ## Batch normalisation
#
# In training we take the mean μ and the variance σ² of every channel over this *batch*, over all its
# times and frequencies. We subtract the mean and divide by the root of the variance. Then each channel
# gets a scale γ and a shift β, which are learnt:
#
# ```text
# training   y = γ · (x - μ) / √(σ² + ε) + β            μ, σ² of this batch
#            running ← (1 - 0.1) · running + 0.1 · (μ, σ²)
# use        the same with the running averages, which are constants
# ```
#
# So the next layer need not change each time the layer before it becomes louder, and the learning rate
# may be larger.
#
# ![Histograms of three channels: before, they lie apart and are of different widths; after, all have mean 0 and variance 1; for one note alone, in use, they do not quite](pictures/batch-norm.svg)

# %%
from tonotope.reference.normalise import Running, batch_norm_training, batch_norm_use

filters = np.random.default_rng(2).standard_normal((3, 1, 5, 5)) * [[[[0.1]]], [[[0.3]]], [[[1]]]]
from tonotope.reference.convolve import convolve

batch = np.stack(
    [np.log(np.abs(stft(one[None], hann(512), 256)) + 1e-2) for one in sounds.values()]
)
y = convolve(batch[:8, :, :64, :64], filters, np.array([-6.0, 6.0, 0.0]))
ones, zeros = np.ones(3), np.zeros(3)
normal, running = batch_norm_training(y, ones, zeros, Running.start(3))
print(y.mean(axis=(0, 2, 3)).round(1).tolist(), y.std(axis=(0, 2, 3)).round(1).tolist())
print(
    np.abs(normal.mean(axis=(0, 2, 3))).max() < 1e-9, normal.std(axis=(0, 2, 3)).round(3).tolist()
)

# %% [markdown]
# The running averages begin at 0 and 1. After one step they have moved a tenth of the way. If you use
# the network too early, it gets this:

# %%
early = batch_norm_use(y, ones, zeros, running)
print(early.mean(axis=(0, 2, 3)).round(1).tolist())

# %%
for _ in range(60):
    _, running = batch_norm_training(y, ones, zeros, running)
late = batch_norm_use(y, ones, zeros, running)
print(f"after 61 steps at most {np.abs(late - normal).max():.2f} apart")

# %% [markdown]
# ### The trap, with one note
#
# In training the output for a note depends on the other notes of its batch. In use it must not:

# %%
alone, _ = batch_norm_training(y[5:6], ones, zeros, Running.start(3))
together = normal[5:6]
in_use = batch_norm_use(y[5:6], ones, zeros, running), batch_norm_use(y, ones, zeros, running)[5:6]
print(np.allclose(alone, together), np.allclose(*in_use))

# %% [markdown]
# If a channel has one value only, there is no variance:

# %%
try:
    batch_norm_training(np.ones((1, 3)), ones, zeros, Running.start(3))
except tt.ShapeError as error:
    print(error)

# %% [markdown]
# ## The machine
#
# PyTorch's modules do the same, if you tell them which of the two you want: `train()` or `eval()`. A
# score that you compute without `eval()` is the score of another function. Two details differ between
# libraries. PyTorch *stores* the variance that divides by n − 1, but *uses* the one that divides by n.
# And its momentum of 0.1 is Keras's 0.9.

# %%
import torch

norm = torch.nn.BatchNorm2d(3).double()
taught = norm.train()(torch.from_numpy(y)).detach().numpy()
expected, first = batch_norm_training(y, ones, zeros, Running.start(3))
print(np.allclose(taught, expected), np.allclose(norm.running_var.numpy(), first.variance))

# %%
used = norm.eval()(torch.from_numpy(y)).detach().numpy()
print(np.allclose(used, batch_norm_use(y, ones, zeros, first)))

# %% [markdown]
# In a network of your own both are one word each. `tonotope shapes` says that batch normalisation learns
# two numbers for each channel, and keeps two more:

# %%
# !tonotope shapes layers --input 1x32x32 --short --set 'network.layers=["conv 16 3x3", "batchnorm", "relu", "flatten", "dropout 0.5", "dense 10"]'

# %% [markdown]
# **What it does to sound, measured:** [with and without](../experiments.md#regularisation).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. What does a bias before a batch norm learn?** Add 5 to `y`, normalise it as above, and compare with
# `normal`. What follows for the gradient of the bias?

# %%
# Your turn.

# %% [markdown]
# **2. The network of Piczak has dropout 0.5 in some places and none in others. Where?** Print its layers:
# `tonotope shapes piczak-short --short`.

# %%
# Your turn.

# %% [markdown]
# **3. Does loudness pass through a batch norm?** What happens if all notes of a batch are ten times as
# loud? What happens if one of them is?

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout" (2014), section 4;
# Ioffe and Szegedy, "Batch normalization" (2015), algorithms 1 and 2, and section 3.2 for
# convolutions. Code: [`reference/normalise.py`](../../src/tonotope/reference/normalise.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. What does a bias before a batch norm learn?**

# %% [markdown]
# Nothing: the mean takes the bias away again.

# %%
moved, _ = batch_norm_training(y + 5.0, ones, zeros, Running.start(3))
print(np.allclose(moved, normal))

# %% [markdown]
# So tonotope's VGG writes `nobias`. The gradient of such a bias would always be zero:

# %%
from tonotope.reference.gradients.normalise import batch_norm_training_backward

upstream = np.random.default_rng(1).standard_normal(y.shape)
slope = batch_norm_training_backward(upstream, y, ones).x
print(np.abs(slope.sum(axis=(0, 2, 3))).max() < 1e-6)

# %% [markdown]
# **2. The network of Piczak has dropout 0.5 in some places and none in others. Where?**

# %% [markdown]
# The table is also in the answers of [chapter 4](04-pooling.md#exercises). There is dropout after the
# first pool and after both dense layers, and none between the second pool and the first dense layer.
# His library counted the probability of *staying*; at 0.5 both ways of counting give the same.

# %% [markdown]
# **3. Does loudness pass through a batch norm?**

# %% [markdown]
# If all are, nothing changes (except for the small ε). If one of them is, the output changes: all notes
# of the batch share one scale.
