"""Where and how the work runs: device and precision, threads, lock, interrupt.

device        processor or accelerator, threads, precision, memory layout
precision     bfloat16 held against float32, once for every shape
thread_pool   many files at once, in threads that stop when somebody says stop
lock          one process at a time in a run folder
interrupt     Ctrl-C: the step under way is finished and saved
"""
