"""The experiment: from one experiment file to one run folder."""
