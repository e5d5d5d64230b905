"""The experiment: from one experiment file to one run folder.

spec              an experiment: one value with every choice
experiment_file   read from TOML, with `extends` and `--set`
config/           keys, values, line numbers, error messages
proposed_settings what `new` chooses for given recordings, rule by rule
propose           a first experiment for given recordings, commented
templates         published networks, with their published input; general_templates
variants          small differences, run beside the experiment
request           an experiment to run, and the folder that its paths start from
target_columns    the columns of targets that a head needs
start             the table `start`; start_weights: the weights that are taken over
data_warnings     what the clips leave out of the recordings
prepared_data     the recordings decoded, their features, their targets
run               from recordings to a finished run folder, in named steps
parallel_folds    cross-validation in one process or several; fold_worker: one of them
train_fold        one fold; labelled_fold: with targets in a table; denoise_fold: of a denoiser
resume            open a run folder, new or from an earlier call
run_folder        the run folder and what can be read from it
split_file        `split.csv`; json_files: the others
predict, evaluate, compare   verbs on finished runs
shapes            every layer of a network before anything is run
check_data        the check of recordings, and whether `run` would take them
data_requirements what `check` and `run` refuse about the recordings
environment       versions and machine
demo              the experiment of `tonotope demo`
eta               the time left for all folds
"""
