"""What a score is worth: its interval, and what a simple method reaches on the same sounds.

plan                the figure that counts, the baselines, the confidence
intervals           how far a score may lie from the truth: bootstrap by group
class_scores        accuracy, balanced accuracy, F1, log loss
class_metrics       the same with intervals, for several systems
column_scores, column_metrics   the same for quantities, tags and sound
baselines           majority class; MFCC statistics and logistic regression
linear_baselines    the same for quantities and tags
pitch, noise_reduction   baselines that need no training
evaluate, evaluate_columns, result   the whole evaluation of a run
warnings_on_scores  what to know before believing the numbers
compare             several runs on the same recordings
"""
