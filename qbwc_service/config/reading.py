"""Texts become values; every fault is collected, so that all can be told at once."""

from pathlib import Path
from typing import Any

from qbwc_service.config.checks import T
from qbwc_service.config.faults import ConfigError, Unusable
from qbwc_service.config.sources import Sources
from qbwc_service.config.variables import Variable


class Reading:
    """One reading of all sources. What is faulty reads as if it were not set."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.faults: list[ConfigError] = list(sources.faults)

    def is_set(self, variable: Variable[Any]) -> bool:
        """Whether somebody set it to anything."""
        return variable.name in self.sources.given

    def text(self, variable: Variable[Any]) -> str:
        """As it was given; "" where it was not."""
        given = self.sources.given.get(variable.name)
        return given.text if given else ""

    def value(self, variable: Variable[T]) -> T:
        """For variables that have a default."""
        read = self.optional(variable)
        return variable.read_default() if read is None else read

    def optional(self, variable: Variable[T]) -> T | None:
        """None where it is not set and has no default, and where it cannot be used."""
        text = self.text(variable) or variable.default
        if not text:
            return None
        try:
            return variable.check.read(text)
        except Unusable as unusable:
            self.fault(variable, unusable.reason)
            return None

    def words_in(self, variable: Variable[Path], what: str) -> str:
        """The one line of the file that it names; "" where there is none."""
        path = self.optional(variable)
        if path is None:
            return ""
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not plain text"
            self.fault(variable, f"{path} cannot be read ({reason})")
            return ""
        if len(text.splitlines()) != 1:
            self.fault(variable, f"{path} must hold {what} and nothing else")
            return ""
        return text

    def fault(self, variable: Variable[Any], reason: str) -> None:
        """It cannot be used, and `reason` says what to do."""
        given = self.sources.given.get(variable.name)
        self.faults.append(ConfigError(variable.name, reason, given.place if given else ""))
