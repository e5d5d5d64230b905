"""What a score is worth: its interval, and what a plain method reaches on the same sounds.

plan        the figure that counts, the baselines, the confidence
scores      accuracy, balanced accuracy, F1, log loss; what is undefined stays undefined
intervals   how far a score may lie from the truth: bootstrap by group
measure     one system's or several systems' scores with their intervals
baseline    the majority class; MFCC statistics and logistic regression
evaluate    the whole evaluation of a run
notes       what to know before believing the numbers
compare     several runs on the same recordings
"""
