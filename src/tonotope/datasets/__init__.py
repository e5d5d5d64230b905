"""Recordings with their targets: found, checked, split, decoded once.

data                what the `[data]` table of an experiment says
source              from what it names to the manifest; a line for each kind of source
custom_source       what a source is, and one written in Python
sources/            one file for each kind of source: folder, table, mirdata, soundata
orchestra/          the toy orchestra, synthesised
manifest            the table of recordings: id, file, targets, group
vocabulary          words of tables and folders: parts, columns, times (en, es, de)
labels              missing labels, and labels that may be meant to be the same
split               train, validation, test: by group, always
split_by_ratio      a split by shares
stratify            groups dealt out so that every part looks like the whole
folds               cross-validation: every group is tested once
predefined_split    folds and parts that a table prescribes
duplicates          the same sound twice
leaks               the same sound on two sides of a split
data_checks         the data doctor: listens to every recording once
audio_stats         level, silence, clipping and a fingerprint of a recording
check_report        what the data doctor found, in numbers and in words
file_reader         recordings read file by file, each file opened once
waveform_store      every recording decoded once, mixed, resampled and kept
"""
