import importlib.machinery
import importlib.util
import os
import sys

COPIES = os.environ["COPIES"].split(":")[image - 1]


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        file = f"{COPIES}/{name}-{image}.so"
        if os.path.exists(file):
            loader = importlib.machinery.ExtensionFileLoader(name, file)
            return importlib.util.spec_from_file_location(name, file, loader=loader)


sys.meta_path.insert(0, Finder)

import ctypes
import _json
import _random
import _struct
import decimal
import json
import math
import sqlite3

# Looked up in the module's file and what that depends on: whose float is it?
library = ctypes.CDLL(_json.__file__)
float_type = ctypes.addressof(ctypes.c_char.in_dll(library, "PyFloat_Type"))
answer = json.loads(json.dumps({"a": [1.5, str(decimal.Decimal(1) / 4)]}))
row = sqlite3.connect(":memory:").execute("select 6 * 7").fetchone()
mapped = {line.split()[-1] for line in open("/proc/self/maps") if COPIES in line}
line = (
    f"{image}: own float {float_type == id(float)}, {answer}, {row}, "
    f"{len(mapped)} copies, {_json.__file__ in mapped}\n"
)
os.write(1, line.encode())  # in one piece beside the other image
