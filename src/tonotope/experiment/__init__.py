"""One file that asks, one run folder that answers.

spec              an experiment: one value that names every choice
experiment_file   reading it: TOML, `extends`, `--set`
config/           keys, values, line numbers, error messages
defaults          what suits given recordings, rule by rule
propose           a first experiment for given recordings, commented
templates         published networks, with the sound they were published for
variants          small differences, tried beside the experiment
request           what is to be run, and where its paths start from
target_columns    what the head asks of the recordings
start             where the weights begin; pretrained: an earlier run taken up
data_warnings     what the network will not hear of the recordings
run               from recordings to a finished run folder, in named steps
parallel_folds    folds side by side, a process each; fold_worker: such a process
train_fold        one fold: features, training, predictions; denoise_fold: of a denoiser
resume            a run folder, new or begun before
run_folder        the run folder and what can be read from it
split_file        `split.csv`
check_data        what `tonotope check` looks at
data_requirements what `check` and `run` refuse about the recordings
environment       versions and machine
eta               how long it will still take
"""
