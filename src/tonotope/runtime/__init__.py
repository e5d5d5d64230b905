"""Where and how the work runs: device and precision, processes, threads, lock, interrupt."""
