"""Sound files: recognised, decoded, and cut into windows.

clip             samples that never travel without their rate
decoding         the one door to sound files for the rest of the house
libsndfile       sound files read in blocks; whatever the bytes, only an `AudioError` comes out
file_type        what a file really is, before any decoder sees it
file_header      what a sound file says of itself, and whether it can be believed
wav_header       a header that is checked before libsndfile sees it
repair           NaN and infinite samples: refused or made silence
waveform_cache   one decoded recording on the disk
windows          the stretches of equal length in which a network hears long sound
padding          what fills up a recording that is shorter than a clip
noise            noise laid over sound, drawn so that it can be drawn again
"""
