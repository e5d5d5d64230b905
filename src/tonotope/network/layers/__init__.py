"""The layers a network is made of, one file each, and the grammar they are written in."""
