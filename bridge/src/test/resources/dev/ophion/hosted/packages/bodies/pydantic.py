"""Validation with errors, validators in Python, unions, serialisation and JSON schema."""

import datetime
import decimal
import json
import re
import uuid
from typing import Annotated, Literal

import pydantic

from bodies import digest


class Address(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    street: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=2)]
    zip: Annotated[str, pydantic.Field(pattern=r"^\d{5}$")]


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]
    lives: Annotated[int, pydantic.Field(ge=0, le=9)]


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]
    tricks: list[str] = []


class Person(pydantic.BaseModel):
    id: uuid.UUID
    name: str
    born: datetime.date
    balance: decimal.Decimal
    addresses: list[Address]
    pets: dict[str, Annotated[Cat | Dog, pydantic.Field(discriminator="kind")]] = {}
    friend: "Person | None" = None

    @pydantic.field_validator("name")
    @classmethod
    def capitalised(cls, value):
        if not value[:1].isupper():
            raise ValueError(f"{value} is not capitalised")
        return value

    @pydantic.model_validator(mode="after")
    def old_enough(self):
        if self.pets and self.born.year > 2020:
            raise ValueError("too young for pets")
        return self

    @pydantic.computed_field
    @property
    def initial(self) -> str:
        return self.name[0]


GOOD = {
    "id": "6f0c3b1e-0000-4000-8000-000000000001",
    "name": "Ada",
    "born": "1990-12-10",
    "balance": "12.50",
    "addresses": [{"street": "  Lovelace Road ", "zip": "01234"}],
    "pets": {"tom": {"kind": "cat", "lives": "7"}, "rex": {"kind": "dog", "tricks": ["sit"]}},
}

BAD = {
    "id": "no",
    "name": "ada",
    "born": "1990-13-10",
    "balance": "much",
    "addresses": [{"street": "x", "zip": "1", "country": "?"}],
    "pets": {"tom": {"kind": "cat", "lives": 12}, "it": {"kind": "fish"}},
}


def errors_of(value):
    try:
        Person.model_validate(value)
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [[".".join(map(str, e["loc"])), e["type"], e["msg"]] for e in found]
    raise AssertionError(f"{value} was accepted")


def many():
    adapter = pydantic.TypeAdapter(list[tuple[int, float, str]])
    rows = adapter.validate_json(json.dumps([[i, i / 2, str(i)] for i in range(5000)]))
    return digest(adapter.dump_json(rows))


def called():
    @pydantic.validate_call
    def area(width: Annotated[int, pydantic.Field(gt=0)], height: int = 2) -> int:
        return width * height

    try:
        area(-1)
    except pydantic.ValidationError as error:
        return [area("3"), error.error_count()]
    raise AssertionError("a negative width was accepted")


def run():
    person = Person.model_validate(GOOD)
    text = person.model_dump_json()
    assert Person.model_validate_json(text) == person
    addresses = person.addresses
    assert addresses[0] == addresses[0].model_copy() and re.match("Lovelace", addresses[0].street)
    return {
        "dumped": json.loads(text),
        "errors": errors_of(BAD),
        "young": errors_of({**GOOD, "born": "2024-01-01"}),
        "schema": digest(json.dumps(Person.model_json_schema(), sort_keys=True).encode()),
        "many": many(),
        "called": called(),
    }
