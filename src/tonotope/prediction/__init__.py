"""What a trained model makes of recordings: windows over long sound, votes, tables.

frames    sound of any length, in constant memory, as windows of frames
fuse      a network without its batch norms, for when nothing is learnt any more
ensemble  one or several models, one answer: the probabilities of windows
vote      from windows to the recording they come from
stream    label files of any length
stored    score recordings whose features are in memory
rows      one line per recording or window, as CSV or JSON lines
table     the predictions of a test part, with the truth beside them: one class each
grid      the same in several columns: quantities with units, tagged with scores
answers   from the scores of a head to its tables, one for each answer
"""
