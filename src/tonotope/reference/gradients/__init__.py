"""The gradients of every operation of the lecture with respect to its inputs.

A network is a chain of operations and the loss is its last link. Going back through the chain, each
operation is handed `upstream`, the gradient of the loss with respect to its own result y, and hands
on the gradient with respect to its inputs:

    ∂loss/∂x_j = Σ_i  ∂loss/∂y_i · ∂y_i/∂x_j

That is the chain rule, and all of back-propagation (Rumelhart, Hinton and Williams 1986). Here each
link is worked out by hand and named after the operation, `convolve_backward` after `convolve`; the
files bear the names of the files that they walk back through. Whatever comes back has the shape of
what it belongs to.

`differences` checks them all: it knows nothing of calculus, moves each input a little to both sides
and looks at what the loss does.
"""
