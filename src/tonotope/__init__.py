"""tonotope: convolutional neural networks that listen.

The chapters, in the order sound walks through them; each may look back, never ahead:

    reference        the lecture in plain NumPy
    sound            recordings, tables, splits, the decoded cache
    representation   waveform, spectrogram, log-mel, MFCC
    network          layers, LeNet, VGG, ResNet; the size of everything
    heads            from features to a decision
    model            the one place where the three meet: wave in, decision out
    training         the loop, optimisers, regularisation, checkpoints
    prediction       windows over long recordings, votes
    evaluation       scores with intervals, baselines
    experiment       one file, one journey, one run folder
    report           the page that tells it
    cli              the command line
"""

__version__ = "0.1.0"
