"""Sound files: recognised, decoded, and cut into windows.

clip             samples that never travel without their rate
reading          what a file holds, its sound, its sound in blocks
sound_file       a file that is opened once: type, header, sha256, samples
kept_files       the bytes of files between the first look and the decoding
decoding         libsndfile in blocks; whatever the bytes, only an `AudioError` comes out
file_type        what a file really is, before any decoder sees it
file_header      what a sound file says of itself, and whether it can be believed
wav_header       a WAV header, checked before libsndfile sees it
waveform_cache   one decoded recording on the disk
channels         several channels become one
resampling       another rate, by soxr
window_plan      the stretches of equal length in which a network hears long sound
padding          what fills up a recording that is shorter than a clip
noise            noise laid over sound, drawn so that it can be drawn again
"""
