# %% [markdown]
# # 10 · The homework
#
# > **La tarea.** Las cinco tareas del curso: 8a, 8b, 9a, 9b y 10a. Leer artículos con preguntas en la
# > mano, entrenar una red en GTZAN y proponer un proyecto. Aquí se contestan las preguntas para un
# > artículo, y se muestra qué parte del archivo de un experimento contesta a cada punto de la propuesta.
#
# Run the cells from the first to the last. They need `tonotope`, and write their sounds and other
# files into the folder `lesson`, inside the current one: the one from which this script is started.
# This was made from the [page](10-the-homework.md). A line that
# begins with `# !` is a command: type it into a terminal, without these two signs.
#
# The course has five homeworks on convolutional networks. Each has a section here.
#
# | homework | what you hand in | here |
# |---|---|---|
# | 8a | an analysis of a paper that is assigned to you, as 10 to 15 slides, for a journal club | [a list of questions, answered for one paper](#8a-take-a-paper-apart) |
# | 8b | two new questions about *Multi-task deep learning for cardiac rhythm detection in wearable devices*, and one answer | [the paper in numbers](#8b-one-network-two-questions) |
# | 9a | a network that names the ten genres of GTZAN | [the first trap](#9a-the-network-on-gtzan), and [a page of its own](../homework.md) |
# | 9b | the same as 8b for *Deep learning tools for Audacity* and *Leveraging hierarchical structures for few-shot musical instrument recognition* | [both papers](#9b-two-papers-on-tools-and-trees) |
# | 10a | the proposal of your final project | [each of its points](#10a-the-proposal), and how an experiment answers it |
#
# The questions of 8a are useful beyond the course. If you can answer them for a paper, you can answer
# them for an experiment of your own, and then you can run it.

# %% [markdown]
# ## 8a: take a paper apart
#
# The homework asks these questions, one or two a day. For an experiment of your own, the answers are in
# its file and in its report:
#
# | the question about the paper | in an experiment of tonotope |
# |---|---|
# | What is the research question? | `question`, and `hypothesis`, written before anything is run |
# | Which data set? Why is it a good or a bad choice? | `[data]`; `tonotope check` says what is wrong with it |
# | How was it split into training, validation and test? | `[split]`: folds, shares or a column, always by whole groups |
# | Which experiments were done, and what does each show? | `[[variants]]`: small differences, run beside it |
# | Which optimiser? | `[training]` ([chapter 9](09-adam.md)) |
# | Which loss? | `[head]` ([chapter 5](05-from-features-to-an-output.md), [heads](../heads.md)) |
# | Which metric? | `evaluation.metric` |
# | Which baseline? | `evaluation.baselines`; there is no score without one |
# | How do the results compare with the baseline? | `tonotope compare`: on the same recordings, with intervals |
# | How could the model be better? How could it be applied? What do you criticise? | you answer these yourself |
#
# Here are the answers for one paper: Piczak, "Environmental sound classification with convolutional
# neural networks" (2015). Its code and the results of every fold are published with it.
#
# - **Question.** Do CNNs help to recognise short everyday sounds, with as few recordings as there are?
# - **Data.** ESC-10 (10 classes), ESC-50 (50) and UrbanSound8K (10), cut into segments of 41 or 101
#   frames: log-mel of 60 bands, and its deltas as a second channel. Good: they are public and come with
#   folds. Bad: ESC-10 and ESC-50 have only 40 recordings of each class.
# - **Split.** The published folds: one is the test, one the validation, the others are for training.
# - **Experiments.** Short against long segments: does more context help? Majority of the segments against
#   the mean of their probabilities: how should segments vote?
# - **Optimiser, loss.** SGD, Nesterov's momentum 0.9, batches of 1,000, 300 epochs (short) or 150 (long);
#   softmax and cross-entropy, L2 of 0.001.
# - **Metric and baseline.** Accuracy, beside the published baseline of each data set.
# - **Results**, for long segments and the mean of probabilities: 0.80 on ESC-10 (baseline 0.73), 0.63 on
#   ESC-50 (0.44), 0.73 on UrbanSound8K (0.68).
# - **A better model.** Fewer dense parameters; real overlaps; a spread of results, not only a mean.
# - **Criticism.** The code differs from the text: overlaps of 50 % where the text says 90 %, and a pitch
#   shift that always uses its upper limit. 29 million parameters for a few hundred recordings.
#
# How large is the network really? Ask it:

# %%
# !tonotope shapes piczak-long --short

# %% [markdown]
# Nearly all parameters are in two dense layers. What share?

# %%
print(round((4_005_000 + 25_005_000) / 29_134_090, 3))

# %% [markdown]
# The two convolutions, which are the idea of the paper, have a four-hundredth of the parameters.
#
# The accuracy on ESC-10 is 0.8025. How sure is that? There are 400 recordings in five folds. If they
# were independent, Wilson's interval would be

# %%
from tonotope.reference.metrics import wilson_interval

low, high = wilson_interval(round(0.8025 * 400), 400)
print(f"{low:.3f} to {high:.3f}")

# %% [markdown]
# Recordings of the same source are not independent, so the true interval is wider. The four variants of
# the paper, 0.78 to 0.80, are all inside this interval, so we cannot say which of them is the best.
#
# The slides need pictures. The report of a run has the learning curves, the confusion matrix with its
# recordings, and the table of layers. `tonotope shapes` makes that table for every published network.

# %% [markdown]
# ## 8b: one network, two questions
#
# Torres-Soto and Ashley, *Multi-task deep learning for cardiac rhythm detection in wearable devices*
# (2020). You read it, above all the architecture and the results. You post two questions that nobody has
# asked yet, and you answer at least one question of somebody else.
#
# - **Input.** 25 s of pulse from a wrist, at 32 Hz: 800 numbers.
# - **Network.** Three convolutions that were trained first as a denoising autoencoder, on about a million
#   simulated signals; three more; then two heads.
# - **Two questions to one network.** How good is the signal: poor, acceptable or excellent? Is the rhythm
#   atrial fibrillation? The losses have the weights 0.2 and 5. In tonotope this is a
#   [`multitask` head](../heads.md#several-questions-at-once).
# - **Result.** F1 rises from 0.54, with one task, to 0.96.
#
# A good question starts from two numbers that should fit together and do not. Exercises 1 and 2 below
# begin with such numbers.

# %% [markdown]
# ## 9a: the network on GTZAN
#
# The [page of this homework](../homework.md) has its protocol, its traps, and what to do about them. You
# can see the first trap without any track. The frames of the course's notebook are 11.6 ms long and
# begin every 252 ms:
#
# ![Two seconds of music; above, the thin slices that frames of 11.6 ms every 252 ms see, 4.6 % of the sound; below, frames of 46 ms every 23 ms, which see all of it](pictures/frames-and-gaps.svg)

# %%
# !tonotope shapes layers --short --set data.clip_s=30 --set representation.kind=magnitude --set representation.window_s=0.01161 --set representation.hop_s=0.25206 --set 'network.layers=["conv 4 5x5 padding same", "relu", "maxpool 2x2 ceil", "flatten"]'

# %% [markdown]
# ## 9b: two papers, on tools and trees
#
# The same homework as 8b, for two papers of the same group: Flores García, Aguilar, Manilow, Vedenko and
# Pardo, *Deep learning tools for Audacity* (2021), and Flores García, Aguilar, Manilow and Pardo,
# *Leveraging hierarchical structures for few-shot musical instrument recognition* (2021).
#
# **The tools.** An editor of sound should run a network that somebody else has trained, without a line
# of code. So the paper defines two kinds of network, and a file that describes each. One kind takes a
# waveform and gives waveforms, for example one for each instrument. The other takes a waveform and gives
# labels with times, for example who plays when. Audacity shows such labels as a track. If labels of one
# class overlap or touch, they become one region. These are the labels of five windows, and the file that
# Audacity imports (*File > Import > Labels*):

# %%
from pathlib import Path

windows = [(0, 2, "flute"), (1, 3, "flute"), (2, 4, "cello"), (3, 5, "cello"), (6, 8, "flute")]
regions = []
for start_s, end_s, label in windows:
    if regions and regions[-1][2] == label and start_s <= regions[-1][1]:
        start_s = regions.pop()[0]
    regions.append((start_s, end_s, label))
track = "".join(f"{start_s:.6f}\t{end_s:.6f}\t{label}\n" for start_s, end_s, label in regions)
Path("lesson").mkdir(exist_ok=True)
Path("lesson/labels.txt").write_text(track, encoding="utf-8")
print(track)

# %% [markdown]
# `tonotope predict RUN take.wav --windows` gives the windows of a recording, with a label for each.
#
# **The trees.** How can a network name an instrument of which it has heard four notes? *Few-shot* means:
# the classes of the test are not those of training. The network only learns to put sounds into a space,
# and each class is the mean of its few examples there: the prototypes of
# [chapter 5](05-from-features-to-an-output.md#or-any-other-pair). The new idea is a tree of instruments.
# Each family has a prototype too, and the loss is a sum over the levels i of the tree, from the
# instrument (i = 0) upwards:
#
# ```text
# L = Σ_i  e^(-α·i) · L_i,        L_i the cross-entropy of the distances to the prototypes of level i
# ```
#
# We can compute it for the orchestra, with a tree of two levels: sixteen instruments and four families.
# Nothing is learnt here: the place of a note in the space is the mean and the standard deviation of each
# mel band.

# %%
import numpy as np
import tonotope as tt
from tonotope.reference.losses import cross_entropy, one_hot, prototypes, squared_distances
from tonotope.reference.mel import log_power, mel_bands, mel_filters
from tonotope.reference.spectrum import hann, stft

notes = tt.open_source(tt.Data(source="orchestra", notes=96)).recordings
waves = np.concatenate([tt.Clip.read(one.path).resampled(11025).samples for one in notes])
waves = waves.astype(float) / np.abs(waves).max(axis=1, keepdims=True)
power = np.abs(stft(waves, hann(512), hop=440)) ** 2
bands = log_power(mel_bands(power, mel_filters(32, 512, 11025)), offset=1e-3)
space = np.concatenate([bands.mean(axis=1), bands.std(axis=1)], axis=1)
known = np.array([int(one.group[-2:]) <= 4 for one in notes])  # four notes of each instrument
space = (space - space[known].mean(axis=0)) / space[known].std(axis=0)
loss, alpha = 0.0, 1.0
for i, level in enumerate(("label", "family")):
    names = sorted({one.targets[level] for one in notes})
    truth = np.array([names.index(one.targets[level]) for one in notes])
    means = prototypes(space[known], truth[known], len(names))
    distances = np.sqrt(squared_distances(space[~known], means))
    cost = cross_entropy(-distances, one_hot(truth[~known], len(names)))
    right = (distances.argmin(axis=1) == truth[~known]).mean()
    loss += np.exp(-alpha * i) * cost
    print(f"level {i}, {len(names)} classes: cost {cost:.2f}, {right:.0%} right")
print(f"loss: {loss:.2f}")

# %% [markdown]
# A guess would be right for 6 % of the instruments and 25 % of the families. The paper trains a network
# with this loss on stems of MedleyDB. Its best loss also has two levels, the instrument and its family.
# With 16 examples of each class, F1 rises from about 0.79 without the tree to about 0.82 with it (read
# off its figure), and a wrong answer is more often of the right family.

# %% [markdown]
# ## 10a: the proposal
#
# The proposal of the final project answers these points. An experiment file holds most of the answers,
# so you can write the file first and the proposal from it.
#
# | the proposal says | where you find it |
# |---|---|
# | the research question | `question`, `hypothesis` |
# | who else asked a similar question: at least five papers, each with a short summary | you read and write these yourself; the sources of each chapter are a start |
# | which data set, and why it is good or bad | `tonotope check`: classes, groups, lengths, faults, what would leak |
# | the split, with the number of datapoints in each part | `tonotope check` counts recordings and groups of each part |
# | which features | `[representation]`; [chapter 1](01-sound-as-tensors.md) |
# | which labels | `data.label`, and the table of classes of `tonotope check` |
# | which architecture and why; its inputs and outputs | `[network]` and `[head]`; `tonotope shapes FILE` |
# | which experiments, and what each shows | `[[variants]]`, one change each |
# | optimiser, loss, metric | `[training]`, `[head]`, `evaluation.metric` |
# | which baseline | `evaluation.baselines` |
# | expected results: mock figures | the [report of `tonotope demo`](../quick-start.md) has the figures that yours will have |
# | a figure of another paper that you will reproduce | you choose it; [Piczak's network](../experiments.md#piczak-2015) shows what a reproduction looks like |
#
# Here is a whole experiment in these words:

# %%
from pathlib import Path

Path("lesson/families.toml").parent.mkdir(exist_ok=True)
_ = Path("lesson/families.toml").write_text(
    """\
# lesson/families.toml
name = "families"
question = "Is a note plucked, bowed, blown or struck, whoever plays it?"
hypothesis = "The network names more than the baseline; without noise in training, fewer."

[data]
source = "orchestra"
label = "family"
clip_s = 1.3

[split]
train = 0.7
validation = 0.1
test = 0.2

[network]
kind = "vgg"
widths = [8, 16]

[training]
epochs = 6

[evaluation]
metric = "accuracy"
baselines = ["majority", "mfcc-logistic-regression"]

[[variants]]
name = "nothing hidden"

[variants.set]
"training.time_masks" = 0
"training.frequency_masks" = 0
"training.mixup" = 0.0
""",
    encoding="utf-8",
)

# %% [markdown]
# The first command gives the numbers for the proposal, before anything is trained. The second runs the
# experiment and its variant. The third compares the two:

# %%
# !tonotope check lesson/families.toml

# %%
# !tonotope run lesson/families.toml --out lesson/runs

# %%
# !tonotope compare lesson/runs/families-*

# %% [markdown]
# In this experiment a group is a player, so the test has players that the network has never heard. If
# `check` names pairs that sound nearly the same, they are synthesised bells and strings that play one
# note; of real recordings you would listen to them. Write
# the hypothesis before you run it. It is kept in the run folder with the result, and the two may
# disagree.
#
# **What it does to sound, measured:** all the experiments of the lecture, each one file that you can
# run and change: [waveform or spectrogram](../experiments.md#waveform-or-spectrogram),
# [pooling](../experiments.md#pooling), [initialisers](../experiments.md#initialisers),
# [regularisation](../experiments.md#regularisation), [optimisers](../experiments.md#optimisers).

# %% [markdown]
# ## Exercises
#
# Try each one before you open its answer. The first two are about 8b, the next two about 9b, the last two
# about your own proposal.
#
# **1. The network of 8b has three pools, of 3, 3 and 2. How many values along time are left of 25 s at
# 32 Hz?** Its first two pools drop what does not fill a window.

# %%
# Your turn.

# %% [markdown]
# **2. Its F1 rises from 0.54 to 0.96. Is that because the network has learnt more?** Read in the paper
# which windows each of the two numbers is about.

# %%
# Your turn.

# %% [markdown]
# **3. The second paper of 9b trains with 39 instruments and tests with 24 others. Its code chooses the
# best epoch on the instruments of the test. What is wrong with that?**

# %%
# Your turn.

# %% [markdown]
# **4. The paper also tries ten random trees. With the best of them F1 is as high as with the real tree.
# What does the real tree teach then?** Think of the second number that the paper reports, the severity of mistakes.

# %%
# Your turn.

# %% [markdown]
# **5. A network names 36 of 50 test recordings, and another names 33. Which one is better?** Compute both
# intervals with `wilson_interval`.

# %%
# Your turn.

# %% [markdown]
# **6. How many test recordings does your proposal need?** Say that you expect 70 % and want to know it
# within five points to either side.

# %%
# Your turn.

# %% [markdown]
# ---
#
# Sources: the course [dl4genaudio](https://dl4genaudio.github.io/cnn/) (UNAM 2022), homeworks 8a, 8b,
# 9a, 9b and 10a; Piczak (2015), with the notebooks and results of its repository; Torres-Soto and Ashley,
# "Multi-task deep learning for cardiac rhythm detection in wearable devices" (2020), with its published
# weights and notebooks; Flores García, Aguilar, Manilow, Vedenko and Pardo (2021, arXiv 2110.13323), with
# audacitorch; Flores García, Aguilar, Manilow and Pardo (2021, arXiv 2107.07029), with the code and the
# figures of music-trees; Wilson (1927).

# %% [markdown]
# ## Answers

# %% [markdown]
# **1. The network of 8b has three pools, of 3, 3 and 2. How many values along time are left of 25 s at
# 32 Hz?**

# %%
from tonotope.reference.pool import pooled_size

samples = 25 * 32
first = pooled_size(samples, 3, 3)
second = pooled_size(first, 3, 3)
print(samples, first, second, pooled_size(second, 2, 2))

# %% [markdown]
# **2. Its F1 rises from 0.54 to 0.96. Is that because the network has learnt more?**

# %% [markdown]
# Not only. The higher score counts only the windows that the network itself called excellent; the lower
# one counts all windows. To leave out what is hard and to learn are two things, and each needs a number
# of its own. Ask for the *coverage*, the share of windows that were kept, beside every score.

# %% [markdown]
# **3. The second paper of 9b trains with 39 instruments and tests with 24 others. Its code chooses the
# best epoch on the instruments of the test. What is wrong with that?**

# %% [markdown]
# The test was used for a choice, so its score tends to be too high. The choice needs instruments of its
# own, a third set. How much too high the score is, only a repetition with such a set can say.

# %% [markdown]
# **4. The paper also tries ten random trees. With the best of them F1 is as high as with the real tree.
# What does the real tree teach then?**

# %% [markdown]
# More levels can help F1, whatever they mean. Only with the real tree do the mistakes become less severe:
# the wrong answer is nearer to the true one. Which of the two gains do we want? That is a question worth
# asking.

# %% [markdown]
# **5. A network names 36 of 50 test recordings, and another names 33. Which one is better?**

# %% [markdown]
# We do not know:

# %%
for right in (36, 33):
    low, high = wilson_interval(right, 50)
    print(f"{right} of 50: {low:.3f} to {high:.3f}")

# %% [markdown]
# **6. How many test recordings does your proposal need?**

# %% [markdown]
# Try numbers until the interval is narrow enough:

# %%
for total in (50, 100, 200, 400):
    low, high = wilson_interval(round(0.7 * total), total)
    print(f"{total}: {low:.3f} to {high:.3f}")

# %% [markdown]
# About 320, if the recordings are independent. With several recordings of each source you need more.
