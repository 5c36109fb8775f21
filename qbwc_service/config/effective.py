"""What counts for each variable and where it came from, for people: no secret is in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import (
    CONFIG_FILE,
    SECRET_KEY,
    SECRET_KEY_FILE,
    VARIABLES,
    Variable,
)

HIDDEN: Final = "(hidden)"
#: as a password stands in an address: behind the user's name, or as one of libpq's parameters
_PASSWORD: Final = re.compile(r"(?<=//)([^/:@?]*):.*@")
_PARAMETER: Final = re.compile(r"([?&](?:ssl)?password=)[^&]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Effective:
    """`place`: "default", "the environment" or "FILE, line 3"."""

    name: str
    value: str
    place: str
    type: str
    meaning: str


def effective(reading: Reading) -> Iterator[Effective]:
    """Every variable, in the order of the document."""
    for variable in VARIABLES:
        value, place = _of(variable, reading)
        yield Effective(
            variable.name,
            HIDDEN if variable.is_secret and value else without_passwords(value),
            place,
            variable.check.words,
            variable.meaning,
        )


def without_passwords(text: str) -> str:
    """An address as it may be shown."""
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1:***@", text))


def _of(variable: Variable[Any], reading: Reading) -> tuple[str, str]:
    if variable is CONFIG_FILE:
        return _file(reading)
    given = reading.sources.given.get(variable.name)
    if given is not None:
        return given.text, given.place
    if variable is SECRET_KEY_FILE and reading.is_set(SECRET_KEY):
        return "", "default"
    return variable.here() if variable.here else variable.default, "default"


def _file(reading: Reading) -> tuple[str, str]:
    """The file in use; the default one need not exist."""
    named = reading.sources.given.get(CONFIG_FILE.name)
    if named is not None:
        return named.text, named.place
    return (str(reading.sources.file) if reading.sources.file else ""), "default"
