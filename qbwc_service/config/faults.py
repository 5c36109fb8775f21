"""What is wrong with what the service was told.

Exceptions
  ConfigError    one thing that is set and cannot be used
  Unusable       why a text is none of its kind; becomes a ConfigError with its variable and place
"""


class ConfigError(Exception):
    """A variable, or a line of the file, that cannot be used.

    `variable` "": the line names none. `place`: where it was set, "" where nowhere.
    """

    def __init__(self, variable: str, reason: str, place: str = "") -> None:
        self.variable = variable
        self.reason = reason
        self.place = place
        where = " in ".join(part for part in (variable, place) if part)
        super().__init__(f"{where}: {reason}")


class Unusable(Exception):
    """`reason` says what to write instead."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
