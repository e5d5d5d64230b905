"""What a network answers, one file for each kind: its table of predictions and targets.

classes         one class of several
quantities      numbers with units
tags            any of several tags
sound           a sound of the same length, judged by figures
columns_table   what the tables of quantities, tags and sound share
"""
