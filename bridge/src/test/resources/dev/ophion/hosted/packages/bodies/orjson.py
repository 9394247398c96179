"""Round trips, options, NumPy and dataclasses, hooks in Python, and errors."""

import dataclasses
import datetime
import decimal
import json
import uuid
import zoneinfo

import numpy as np
import orjson

from bodies import digest, refusal


@dataclasses.dataclass
class Point:
    x: int
    y: float
    tags: list


def document():
    return {
        f"key {i}": {"n": i, "half": i / 2, "text": "é\n\u2028" * (i % 5), "list": [None, True, i]}
        for i in range(2000)
    }


def types():
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    values = {
        "when": datetime.datetime(2026, 7, 1, 12, 30, tzinfo=zone),
        "day": datetime.date(2026, 7, 1),
        "id": uuid.UUID(int=7),
        "point": Point(1, 2.5, ["a"]),
        "array": np.arange(6, dtype="i4").reshape(2, 3),
        "scalar": np.float32(0.5),
        3: "number as a key",
    }
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z
    return orjson.dumps(values, option=options).decode()


def hooks():
    def default(value):
        if isinstance(value, decimal.Decimal):
            return str(value)
        raise TypeError(f"no JSON for {type(value).__name__}")

    good = orjson.dumps([decimal.Decimal("1.10")], default=default).decode()
    return [good, refusal(orjson.JSONEncodeError, orjson.dumps, object(), default=default)]


def run():
    values = document()
    data = orjson.dumps(values)
    assert orjson.loads(data) == values == json.loads(data)
    floats = [0.1, 1e308, 5e-324, -0.0, 123456789.123456789]
    assert orjson.loads(orjson.dumps(floats)) == floats
    indented = orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    return {
        "data": digest(data),
        "indented": digest(indented),
        "types": types(),
        "hooks": hooks(),
        "wrong": refusal(orjson.JSONDecodeError, orjson.loads, b'{"a": [1, 2,]}'),
        "large": refusal(TypeError, orjson.dumps, 2**64),
        "surrogate": refusal(TypeError, orjson.dumps, "\ud800"),
    }
