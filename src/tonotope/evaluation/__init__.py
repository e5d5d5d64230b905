"""What a score is worth: its interval, and what a simple method reaches on the same sounds.

plan                the figure that counts, the baselines, the confidence
evaluate            from predictions to an evaluation
result              the evaluation of a run: `evaluation.json`
bootstrap           metrics of several systems on the same draws of groups
intervals           how far a score may lie from the truth
baseline_inputs     what the simple methods of `answers` are given; `pitch`: by autocorrelation
calibration         whether scores mean what they say
sounds              what baselines hear of the recordings
warnings_on_scores  what to know before believing the numbers
compare             several runs on the same recordings
"""
