"""Prints one line for each package named in the arguments: its name and the result of its body."""

import sys

from bodies import result

for name in sys.argv[1:]:
    print(name, result(name), flush=True)
