"""Recordings: found, read, checked, parted, decoded.

data         what the `[data]` table of an experiment says
source       from what it names to the table of recordings, by way of `sets`
manifest     that table: what each recording is, and whom it must not be parted from
names        names and labels made fit for one line and one cell
content      what a file really is, before any decoder sees it
adpcm        a header that is checked before libsndfile sees it
header       what a sound file says of itself, and whether it can be believed
reading      sound files in blocks; whatever the bytes, only an `AudioError` comes out
repair       samples that are no numbers: refused or made silence
clip         samples that never travel without their rate
fill         what is added to a recording that is shorter than a clip
decode       the door to all of this for the rest of the house
split        train, validation, test: by group, always
given        folds and parts that a table prescribes
stratify     groups dealt out so that every part looks like the whole
folds        every group judges once
shares       a split by shares, legal before it is exact
windows      where a network listens
threads      many files at once, and an end to it when somebody says stop
batches      decoded once, mixed, resampled and kept
cache        how a decoded recording lies on the disk
duplicates   the same sound twice, and across parts
vitals       level, silence, clipping and a fingerprint
checkup      what the doctor found, in numbers and in words
doctor       listens to every recording once
"""
