"""What a trained model predicts for recordings of any length.

windows         sound as windows of frames, in constant memory
ensemble        one or several models, one answer: the scores of windows
score_layout    which columns of the scores belong to which answer
vote            from the windows to the recording they come from
stream          label files of any length
from_features   score recordings whose features are in memory
rows            what was predicted for one recording or window
row_stream      such rows, each made when it is taken, written or collected
writers         the same written, one file a format
denoiser        sound of any length without its noise; `denoise_files` writes it
"""
