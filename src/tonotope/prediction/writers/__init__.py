"""Writers of predictions, one file a format; each row is written as soon as it is known.

    write     `write_rows` and `write_file`, and the table of formats
    writer    what every writer offers
    csv, jsonl

A further format is a file and a line in `write.WRITERS`; `write_rows` takes any other `Writer` as
well.
"""

from tonotope.prediction.writers.csv import CsvWriter
from tonotope.prediction.writers.jsonl import JsonLinesWriter
from tonotope.prediction.writers.write import WRITERS, write_file, write_rows
from tonotope.prediction.writers.writer import Writer

__all__ = ["WRITERS", "CsvWriter", "JsonLinesWriter", "Writer", "write_file", "write_rows"]
