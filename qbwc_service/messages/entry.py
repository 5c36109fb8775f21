"""One entry of the message catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Who(StrEnum):
    """Who makes it go on."""

    ITSELF = "goes on by itself"
    PERSON = "needs you"
    SET_UP = "needs the QuickBooks computer"
    OPERATOR = "needs whoever runs this service"
    DEFECT = "our mistake"


class Level(StrEnum):
    """How much an entry of the error log wants of its reader."""

    #: only to be known: it goes on by itself
    INFO = "info"
    #: nothing waits for it, but somebody should look
    WARNING = "warning"
    #: something waits until somebody acts
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """One entry; `rendered` fills in the details."""

    id: str
    title: str
    why: str
    do: str
    who: Who = Who.PERSON
    #: the detail that tells what it is about: what one fix releases together ("" = each by itself)
    about: str = ""
    #: how it is done, one act a line; the help page numbers them
    steps: tuple[str, ...] = ()
    #: codes of the Web Connector, and sentences of other programs, that people search for
    found_by: tuple[str, ...] = ()
    #: everything goes on without it
    nothing_waits: bool = False

    @property
    def level(self) -> Level:
        if self.who is Who.ITSELF:
            return Level.INFO
        return Level.WARNING if self.nothing_waits else Level.ERROR

    def rendered(self, details: Mapping[str, object]) -> "Message":
        shown = _Blanks({key: str(value) for key, value in details.items()})
        return replace(
            self,
            title=self.title.format_map(shown),
            why=self.why.format_map(shown),
            do=self.do.format_map(shown),
        )


class _Blanks(dict[str, str]):
    """A detail that an older row lacks leaves a blank instead of an error page."""

    def __missing__(self, key: str) -> str:
        return "..."
