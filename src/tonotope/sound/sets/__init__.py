"""Where recordings come from; every source ends in the same `Manifest`.

folder      a folder of class folders
table       a CSV or TSV table, one row for each recording or event
mirdata     music data sets through mirdata
soundata    sound data sets through soundata
orchestra   the embedded default: a toy orchestra, synthesised
"""
