"""One file that asks, one journey, one run folder that answers.

spec         an experiment: one value that names every choice
load         the experiment file: TOML, `extends`, `--set`, every slip named
choices      what suits given recordings, rule by rule
propose      a first experiment for given recordings, commented
published    networks as they were published, with the sound they were published for
variants     small differences, tried beside the experiment
request      what is to be run, and where its paths start from
asked        what the head asks of the recordings, and whether they can answer
start        where the weights begin; takeup: an earlier run taken up
cautions     what will not be heard of the recordings, said beforehand
run          the journey in named steps
abreast      folds side by side, a process each; fold: what such a process does
learn        one fold: hear, train, predict
claim        taking a run folder, new or begun before
store        the run folder and what can be read from it
splits       which recordings taught and which judged, as a table
audit        what `check` looks at
"""
