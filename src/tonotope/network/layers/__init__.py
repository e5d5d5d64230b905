"""The layers a network is made of, one file each, and the grammar they are written in.

layer                what every layer says about itself: shape, parameters, receptive field
convolution, pooling, dense, activation, normalisation, dropout, deltas   the usual ones
branches             residual blocks and parallel branches
subsampling, connection_table, rbf   the parts of LeNet-5 of 1998
window_arithmetic    output sizes of a sliding window: for convolution and pooling
receptive_field      how much of the input one value depends on
padding              how many zeros "same" puts on each side
vocabulary           all layers together: from text to layers and back
layer_grammar        the words of each layer, and how a line of text is read
assemble             from layers to one module with named parts
modules              PyTorch modules that PyTorch lacks; `modules_1998` those of LeNet-5
"""
