"""The toy orchestra: sixteen instruments, ten players of each, synthesised in a few seconds.

orchestra    the instruments, the players and their notes, as a manifest
tones        how a tone is made: partials, noise, body
winds, strings, percussion   the instruments
rooms        where a note is played and how it is recorded
targets      what may be asked of a note besides its instrument: pitch, loudness
"""
