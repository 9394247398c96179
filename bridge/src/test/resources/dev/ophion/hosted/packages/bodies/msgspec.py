"""Structs to JSON and MessagePack and back, tagged unions, constraints, hooks, and errors."""

import datetime
import enum
from typing import Annotated

import msgspec

from bodies import digest, refusal


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Shape(msgspec.Struct, tag_field="kind", tag=str.lower):
    colour: Colour


class Circle(Shape):
    radius: Annotated[float, msgspec.Meta(gt=0)]


class Box(Shape, omit_defaults=True):
    width: float
    height: float = 1.0


class Drawing(msgspec.Struct, frozen=True, rename="camel"):
    drawing_name: str
    made_at: datetime.datetime
    all_shapes: list[Circle | Box]
    extra: dict[str, int | str | None] = {}


def drawing(shapes):
    made = [
        Circle(Colour.RED, i + 0.5) if i % 2 else Box(Colour.BLUE, i, i % 3) for i in range(shapes)
    ]
    when = datetime.datetime(2026, 5, 1, 8, tzinfo=datetime.UTC)
    return Drawing("plan é", when, made, {"a": 1, "b": "two", "c": None})


def hooks():
    encoder = msgspec.json.Encoder(enc_hook=lambda value: [value.real, value.imag])
    decoder = msgspec.json.Decoder(list[complex], dec_hook=lambda kind, pair: kind(*pair))
    data = encoder.encode([1 + 2j, -3j])
    return [data.decode(), [str(value) for value in decoder.decode(data)]]


def refused():
    decode = msgspec.json.Decoder(Drawing).decode
    start = b'{"drawingName": "x", "madeAt": "2026-05-01T08:00:00Z", "allShapes": ['
    wrong = [
        start + b'{"kind": "circle", "colour": "red", "radius": -1}]}',
        start + b'{"kind": "box", "colour": "green", "width": 1}]}',
        start + b'{"kind": "line", "colour": "red"}]}',
        b'{"drawingName": 1}',
        b"{",
    ]
    return [refusal(msgspec.DecodeError, decode, text) for text in wrong]


def run():
    plan = drawing(300)
    as_json = msgspec.json.encode(plan)
    packed = msgspec.msgpack.encode(plan)
    assert msgspec.json.decode(as_json, type=Drawing) == plan
    assert msgspec.msgpack.decode(packed, type=Drawing) == plan
    built = msgspec.to_builtins(plan)
    assert msgspec.convert(built, Drawing) == plan
    schema = msgspec.json.encode(msgspec.json.schema(Drawing), order="sorted")
    return {
        "json": digest(as_json),
        "packed": digest(packed),
        "schema": digest(schema),
        "changed": repr(msgspec.structs.replace(plan, all_shapes=[], extra={})),
        "frozen": refusal(AttributeError, setattr, plan, "drawing_name", "y"),
        "hooks": hooks(),
        "refused": refused(),
    }
