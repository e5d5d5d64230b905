"""The lecture "convolutional networks for audio" as arithmetic: NumPy and nothing else.

Each file is one idea, written as its formula. Read them in this order:

    spectrum      a sound becomes a plane of time and frequency
    mel           the plane as the ear divides it: mel bands, decibels, cepstrum
    convolve      a small filter slides over the plane; first as loops, then as one matrix product
    activate      the nonlinearity between two layers
    pool          the largest or the mean of neighbouring values
    dense         every unit has a weight for every input
    normalise     batch normalisation and dropout, which differ between training and use
    initialise    seven ways to draw the first weights, and the variance that each keeps constant
    losses        how wrong a prediction is, as one number
    gradients/    the gradients of all of these by hand, and central differences to check them
    optimise      from gradients to better weights
    metrics       how good the predictions are

The order of the axes. The lecture writes a batch of N sounds as N×T×F×C: batch, time, frequency,
channel; M filters as M×K×L×C, K along time and L along frequency. Here the axes are in the order of
PyTorch, so that both can be compared value by value: a batch is (batch, channel, time, frequency)
and the filters are (filter, channel, K, L). The two differ only by a transposition:
`x.transpose(0, 2, 3, 1)` is the lecture's batch. Sounds over time only are (batch, channel, time),
filters for them (filter, channel, K).

No function changes its arguments or keeps a state: it returns what is needed later, and draws
random numbers from the generator that it gets. Tests compare every value and every gradient with
those of PyTorch in double precision.
"""
