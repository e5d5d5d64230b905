"""The lecture "convolutional networks for audio" as arithmetic: NumPy and nothing else.

Each file is one idea, written as the formula and small enough to read aloud. Read them in this
order:

    spectrum      a sound becomes a plane of time and frequency
    mel           the plane as the ear divides it: mel bands, decibels, cepstrum
    convolve      a small filter slides over the plane; first as loops, then as one matrix product
    activate      the bend between two layers
    pool          of every few neighbours, the largest or the mean
    dense         every input meets every unit
    normalise     batch normalisation and dropout, which differ between training and use
    initialise    seven ways to draw the first weights, and what each of them keeps constant
    losses        how wrong an answer is, as one number
    gradients/    the way back through each of the above, by hand, and central differences to check
    optimise      from gradients to better weights
    metrics       how right the answers are, in the end

How the axes are written. The lecture holds a batch of N sounds as N×T×F×C: batch, time, frequency,
channel; M filters as M×K×L×C, K along time and L along frequency. Here the same numbers lie as
PyTorch has them, so that both can be compared value by value: a batch is (batch, channel, time,
frequency) and the filters are (filter, channel, K, L). Between the two lies a transposition alone:
`x.transpose(0, 2, 3, 1)` is the lecture's batch. Sounds over time only are (batch, channel, time),
filters for them (filter, channel, K).

Nothing is changed in place and nothing is remembered: what a layer needs later it returns, and
what is random is drawn from the generator that is handed in. Whatever holds here holds for the
machine built in PyTorch: tests compare every value and every gradient in double precision.
"""
