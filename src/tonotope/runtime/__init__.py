"""Where and how the work runs: device and precision, processes, threads, lock, interrupt.

device           processor or accelerator, threads, precision, memory layout
bfloat16_guard   bfloat16 compared with float32, once for every shape
memory           freed memory is kept for reuse
rank             which of several processes of one training this is, asked once
random_numbers   NumPy's and PyTorch's: a function of seed, epoch, step and rank
executor         jobs in this process; `process_executor`: in several
thread_pool      many files at once, in threads that can be cancelled
lock             one process at a time in a run folder
interrupt        Ctrl-C: the current step is finished and saved
"""
