"""Where and how the work runs: device and precision, processes, threads, lock, interrupt.

device           processor or accelerator, threads, precision, memory layout
precision        bfloat16 compared with float32, once for every shape
rank             which of several processes of one training this is
random_numbers   a function of seed, epoch, step and rank
executor         jobs in this process; `process_executor`: in several
thread_pool      many files at once, in threads that can be cancelled
lock             one process at a time in a run folder
interrupt        Ctrl-C: the current step is finished and saved
"""
