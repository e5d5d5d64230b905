# %% [markdown]
# # 9 · Adam
#
# > **Adam.** De la pendiente al paso: descenso por gradiente, con impulso y con Adam. Dos valles hechos
# > por sonidos muestran cuándo sirve cada uno, y la aritmética del primer paso explica por qué el ritmo de
# > aprendizaje de Adam se puede leer como una distancia.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](09-adam.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# The gradient says in which direction the cost rises. It does not say how far to go. The lecture names
# the answer that most people use today, and leaves the section empty.

# %% [markdown]
# ## The formulas
#
# ```text
# SGD        θ ← θ - η·g
# momentum   v ← μ·v + g                                   θ ← θ - η·v
# Adam       m ← β₁·m + (1-β₁)·g    v ← β₂·v + (1-β₂)·g²   θ ← θ - η · m̂ / (√v̂ + ε)
#            m̂ = m / (1-β₁ᵗ)         v̂ = v / (1-β₂ᵗ)
# AdamW      θ ← θ - η·λ·θ, then the step of Adam
# ```
#
# η is the learning rate, g is the gradient on this batch, and t counts the steps from 1.
#
# - **SGD** goes against the gradient. In a narrow valley this is mostly across the valley.
# - **Momentum** keeps most of its last velocity. What changes its sign at every step cancels. What
#   stays the same adds up, to 1 / (1 − μ) times as much.
# - **Adam** keeps an average of the gradient and an average of its square, *for each weight by itself*,
#   and divides. A weight whose gradient is always small takes steps as long as one whose gradient is
#   large.

# %% [markdown]
# ## Two valleys
#
# Both costs are least squares on sounds with two weights, so we can draw them. On the left, a filter of
# two weights predicts the next sample of a cello from the last two samples. These two are nearly the
# same, so the valley lies *between* the axes. On the right, we look for a flute and a cello in a mixture
# of both, and the cello is an eighth as loud. The valley lies *along* an axis.
#
# ![Maps of the two costs with the paths of SGD, momentum and Adam, and the cost of each by step](pictures/paths.svg)

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.optimise import Moments, adam, adamw, sgd

notes = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
sounds = {one.targets["label"]: tt.Clip.read(one.path).samples[0] for one in notes}
flute, cello = (sounds[name][6000:12000].astype(float) for name in ("flute", "cello"))
cello = cello / cello.std()
last_two = np.stack([cello[1:-1], cello[:-2]], axis=1)
parts = np.stack([flute / flute.std(), cello / 8], axis=1)
valleys = {"between": (last_two, cello[2:]), "along": (parts, parts.sum(axis=1))}
for name, (inputs, _) in valleys.items():
    matrix = inputs.T @ inputs / len(inputs)
    steepest = np.linalg.eigvalsh(matrix)
    print(f"{name}: {steepest[1] / steepest[0]:.0f} times as steep across as along")

# %% [markdown]
# Sixty steps of each:

# %%
def walk(how, inputs, wanted, weight, steps=60):
    """The cost above the least after so many steps."""
    matrix, right = inputs.T @ inputs / len(inputs), inputs.T @ wanted / len(inputs)
    velocity, moments = np.zeros(2), Moments.start(weight)
    for _ in range(steps):
        gradient = 2 * (matrix @ weight - right)
        if how == "Adam":
            weight, moments = adam(weight, gradient, moments, 0.1)
        elif how == "momentum":
            weight, velocity = sgd(weight, gradient, velocity, 0.05, momentum=0.9)
        else:
            weight, velocity = sgd(weight, gradient, velocity, 0.4)
    away = weight - np.linalg.solve(matrix, right)
    return float(away @ matrix @ away)


starts = {"between": np.array([-0.6, 0.2]), "along": np.array([-0.5, -0.5])}
for name, valley in valleys.items():
    for how in ("SGD", "momentum", "Adam"):
        print(f"{name}, {how}: {walk(how, *valley, starts[name]):.4f}")

# %% [markdown]
# Adam treats each weight by itself. Where the valley lies along an axis, Adam goes straight down the
# diagonal, as if there were no valley, and goes a little too far at the end. Where the valley lies
# between the axes, both weights have nearly the same gradients, so dividing by their size does not help,
# and Adam is the slowest of the three. Networks have valleys of both kinds. Adam helps because the
# layers of a network have gradients of very different sizes.
#
# For SGD we know the exact limit. Along a direction of curvature c, each step multiplies the distance by
# 1 − 2ηc. So for η above 1 / c of the steepest direction, the distance grows:

# %%
for rate in (0.4, 0.6):
    weight, velocity = np.array([-0.6, 0.2]), np.zeros(2)
    matrix, right = last_two.T @ last_two / 5998, last_two.T @ cello[2:] / 5998
    for _ in range(60):
        weight, velocity = sgd(weight, 2 * (matrix @ weight - right), velocity, rate)
    print(rate, "converges" if np.abs(weight).max() < 10 else "explodes")
print(round(1 / float(np.linalg.eigvalsh(matrix)[1]), 2))

# %% [markdown]
# ## Listen
#
# The filter cannot predict what is new in the sound. Subtract its prediction and listen to the rest:

# %%
best = np.linalg.lstsq(last_two, cello[2:], rcond=None)[0]
print(best.round(2).tolist())

# %%
new = cello[2:] - last_two @ best
tt.Clip(0.2 * cello, 22050).write("lesson/cello.wav")
tt.Clip(0.2 * new / new.std(), 22050).write("lesson/what-is-new.wav")
print(f"{10 * np.log10(new.var() / cello.var()):.1f} dB")

# %% [markdown]
# Two weights predict all but a hundredth of the tone's power. The rest is mostly noise. This is a
# convolution with three weights, 1, −1.84 and 0.88, as in [chapter 3](03-convolution-1d.md), and two of
# them were learnt.

# %% [markdown]
# ## The first step
#
# Adam's averages begin at zero, so after one step they are too small: 1 − β times the gradient, or its
# square. Division by 1 − βᵗ corrects this. At t = 1 only the sign of the gradient is left:

# %%
weight = np.array([5.0, 5.0, 5.0])
gradient = np.array([1000.0, 1e-3, -1e-6])
after, _ = adam(weight, gradient, Moments.start(weight), learning_rate=0.001)
print((after - weight).round(6).tolist())

# %% [markdown]
# All three weights move by one learning rate, whatever the gradient. (The last moves a little less,
# because 1e-6 is not much larger than ε = 1e-8.) So you can read Adam's η as a distance: with 0.001 a
# weight changes by about a thousandth at each step, while its gradients agree. Without the correction
# the first step would be this many times as long:

# %%
print(round(float(0.1 / np.sqrt(0.001)), 2))

# %% [markdown]
# Then the direction of a single batch would decide too much.
#
# ![Learning curves of a small network on the orchestra with SGD, momentum and Adam at three learning rates each](pictures/learning-curves.svg)
#
# The picture shows the cost of a network of two dense layers on the features of
# [chapter 5](05-from-features-to-an-output.md), whose inputs are well scaled. There all three reach a
# low cost, if each has its own learning rate. Momentum of 0.9 with a tenth of SGD's rate does what SGD
# does. With Adam you need not search for the rate for so long; it does not reach a lower cost.

# %% [markdown]
# ## Decay
#
# Weight decay pulls every weight towards zero. If it is added to the gradient, Adam divides it as well,
# so weights with large gradients hardly decay. AdamW keeps it apart:

# %%
weight, lively = np.array([1.0, 1.0]), np.array([10.0, 0.01])
noise = np.random.default_rng(0).standard_normal((1000, 2)) * lively
for step in (adam, adamw):
    theta, moments = weight, Moments.start(weight)
    for gradient in noise:
        theta, moments = step(theta, gradient, moments, 0.001, weight_decay=0.1)
    quiet, moments = weight, Moments.start(weight)
    for gradient in noise:
        quiet, moments = step(quiet, gradient, moments, 0.001)  # the same noise, little decay
    print(step.__name__, (theta - quiet).round(2).tolist())

# %% [markdown]
# With Adam the two weights decay by very different amounts, because their gradients differ in size. With
# AdamW both decay by the same, λ·η at each step.

# %% [markdown]
# ## The machine

# %%
import torch

theta = torch.tensor([5.0, -2.0], dtype=torch.float64, requires_grad=True)
optimiser = torch.optim.Adam([theta], lr=0.01)
ours, moments = np.array([5.0, -2.0]), Moments.start(np.zeros(2))
for _ in range(50):
    optimiser.zero_grad()
    (theta**4).sum().backward()
    optimiser.step()
    ours, moments = adam(ours, 4 * ours**3, moments, 0.01)
print(np.allclose(theta.detach().numpy(), ours, rtol=0, atol=1e-12))

# %% [markdown]
# In an experiment file these are `optimizer`, `learning_rate`, `momentum`, `weight_decay` and the
# schedule. A rate that no optimiser can use is an error, and the message names the usual rates:
#
# ```toml
# [training]
# optimizer = "adam"
# learning_rate = 1e-3
# schedule = "constant"
# warmup = 0.0
# weight_decay = 0.0
# ```

# %%
# !tonotope shapes lenet --set training.optimizer=sgd --set training.learning_rate=3

# %% [markdown]
# **What it does to sound, measured:** [optimisers](../experiments.md#optimisers).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer.
#
# **1. How large does the velocity of momentum become?** Let the gradient always be 1, with a learning rate
# of 1 and a momentum of 0.9. Take 200 steps with `sgd`.

# %%
# Your turn.

# %% [markdown]
# **2. How much memory does Adam take?** It keeps two numbers for each weight, in addition to the weight and
# its gradient. Compute the total in MB, with 4 bytes a number, for LeNet's 61,706 parameters and for the
# 29,134,090 of Piczak's longer network.

# %%
# Your turn.

# %% [markdown]
# **3. Why are Adam's steps as long as the rate where gradients agree, and shorter where they do not?**
# Look at m̂ and √v̂ in the formulas.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: Polyak (1964) and Sutskever, Martens, Dahl and Hinton (2013), section 2, for momentum; Kingma
# and Ba, "Adam" (2015), algorithm 1; Loshchilov and Hutter, "Decoupled weight decay regularization"
# (2019), algorithm 2. Code: [`reference/optimise.py`](../../src/tonotope/reference/optimise.py).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. How large does the velocity of momentum become?**

# %%
weight, velocity = np.zeros(1), np.zeros(1)
for _ in range(200):
    weight, velocity = sgd(weight, np.ones(1), velocity, 1.0, momentum=0.9)
print(round(float(velocity[0]), 3))

# %% [markdown]
# So a momentum of 0.9 with a rate of 0.01 goes as far as plain SGD with 0.1.

# %% [markdown]
# **2. How much memory does Adam take?**

# %%
print([round(parameters * 4 * 4 / 1e6, 1) for parameters in (61706, 29134090)])

# %% [markdown]
# Half of it is Adam's own. Piczak trained with SGD and Nesterov's momentum, which keeps one number
# for each weight.

# %% [markdown]
# **3. Why are Adam's steps as long as the rate where gradients agree, and shorter where they do not?**

# %% [markdown]
# If the gradients agree, m̂ = g and √v̂ = |g|, so the step is η. If they change their sign, m̂ becomes
# small and √v̂ does not. So a noisy gradient makes short steps.
