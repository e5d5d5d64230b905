"""Where recordings come from; every source ends in the same `Manifest`."""
