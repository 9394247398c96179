"""The plain single-threaded run, after distribution.py: CSV on stdin, a line per group on stdout.

It reads and groups the text by itself, so that it checks Java's columns too.
"""

import csv
import sys


def main(rounds):
    groups = {}
    for row in csv.DictReader(sys.stdin):
        key = f"{row['carrier']} {row['origin']}-{row['dest']} {row['month']}"
        delay = CANCELLED if row["dep_delay"] == "NA" else int(row["dep_delay"])
        groups.setdefault(key, []).append(delay)
    for key, delays in groups.items():
        print(key, *map(repr, distribution(key, delays, rounds)))


main(int(sys.argv[1]))
