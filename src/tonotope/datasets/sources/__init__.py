"""Where recordings come from; every source ends in the same `Manifest`.

on_disk          a path: a table or a folder
source_path      environment variables, `~`, relative paths
folder           a folder of class folders
table            a CSV or TSV table, one row for each recording or event
columns          which column of a table says what
csv_dialect      a table's encoding and separator
mirdata          music data sets through mirdata
soundata         sound data sets through soundata
mirdata_and_soundata   what mirdata and soundata have in common
dataset_index    where the index of a published data set is looked for
scan_folder      what lies in a folder
resolve_paths    where the files that a table names are
infer_groups     which recordings belong together, where nobody said so
build_manifest   each file looked at once (length, rate, hash); from that to recordings
"""
