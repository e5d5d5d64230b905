# make demo    trains on the embedded toy orchestra and opens the report's path
# make test    every test that needs no extra
# make check   formatter, linter, types, import layers, spelling
# make bench   the speed comparisons; they write bench/*.md
# make reliability  hostile files in their thousands (TONOTOPE_DATA names real recordings)
# make docs    runs every example of the documentation
# make pictures  draws the pictures of the lecture anew
# make notebooks  writes the notebooks and scripts of the lecture from its pages
PY ?= python3
EXTRAS ?= dev
# For Linux without a GPU one may name PyTorch's own index of CPU builds here.
TORCH_INDEX ?=
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet install -c constraints.txt

.PHONY: all demo test check docs pictures notebooks bench reliability clean
all: check test

# torch first and alone: the second line then never resolves it again.
.venv/.ready-core: pyproject.toml constraints.txt
	$(PY) -m venv .venv
	$(PIP) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) torch
	$(PIP) -e .
	touch $@

.venv/.ready-$(EXTRAS): .venv/.ready-core
	$(PIP) -e ".[$(EXTRAS)]"
	touch $@

demo: .venv/.ready-core
	$(BIN)/tonotope demo

# Two processes of one thread each: with two threads each they would wait for one another.
test: .venv/.ready-$(EXTRAS)
	OMP_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist loadfile

check: .venv/.ready-$(EXTRAS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/codespell

docs: .venv/.ready-$(EXTRAS)
	$(BIN)/pytest -q tests/docs

pictures: .venv/.ready-$(EXTRAS)
	$(BIN)/python -m docs.lecture.draw

notebooks: .venv/.ready-$(EXTRAS)
	$(BIN)/python -m docs.lecture.notebooks

bench: .venv/.ready-$(EXTRAS)
	$(BIN)/python -m bench

clean:
	rm -rf .venv build dist

reliability: .venv/.ready-$(EXTRAS)
	$(BIN)/python -m tests.reliability.mutated_audio 100000
	$(BIN)/python -m tests.reliability.killed_run 200
	$(BIN)/python -m tests.reliability.faulty_disk 10000
	$(BIN)/python -m tests.reliability.pickle_payloads 3000
	$(BIN)/python -m tests.reliability.random_experiments 5000
	$(BIN)/python -m tests.reliability.planted_duplicates 1280
	$(BIN)/python -m tests.reliability.mutated_state 20000
	$(BIN)/python -m tests.reliability.mutated_run_folder 2000
