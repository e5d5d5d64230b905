"""Networks by name, one file each: general ones, and those that papers published.

lenet, vgg, resnet, encoder   fit any sound
lenet5, piczak, m5, crepe, tempo, panns   as they were published, with their source
"""
