from __future__ import annotations

from tonotope.network import ResNet, trace


def test_blocks_follow_the_paper(shape_of) -> None:
    """The first stage keeps the size; the others halve it, and their shortcut follows."""
    texts = [layer.text for layer in ResNet(widths=(16, 32)).expand(shape_of((1, 40, 32)))]
    assert texts[0] == "conv 16 3x3 padding same nobias"
    assert texts[3] == (
        "residual [conv 16 3x3 padding same nobias, batchnorm, relu, "
        "conv 16 3x3 padding same nobias, batchnorm]"
    )
    assert texts[6] == (
        "residual [conv 32 3x3 stride 2x2 padding same nobias, batchnorm, relu, "
        "conv 32 3x3 padding same nobias, batchnorm] "
        "shortcut [conv 32 1x1 stride 2x2 nobias, batchnorm]"
    )
    assert texts[4] == texts[7] == "relu"


def test_more_blocks_halve_no_more_often(shape_of) -> None:
    shape = shape_of((1, 40, 32))
    shallow = trace(ResNet(widths=(4, 8), blocks=1).expand(shape), shape)
    deep = trace(ResNet(widths=(4, 8), blocks=3).expand(shape), shape)
    assert shallow[-1].out_shape.sizes == deep[-1].out_shape.sizes == (2 * 8 * 16,)
    assert sum(r.text.startswith("residual") for r in deep) == 6
