"""One entry of the message catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Who(StrEnum):
    """Who makes it go on."""

    ITSELF = "goes on by itself"
    PERSON = "needs you"
    SET_UP = "needs the QuickBooks computer"
    OPERATOR = "needs whoever runs this service"
    DEFECT = "our mistake"


_GOES_ON: Final[Mapping[Who, str]] = MappingProxyType(
    {
        Who.ITSELF: "By itself. Nobody has to do anything.",
        Who.PERSON: "You decide: it waits until you have done it.",
        Who.SET_UP: "It is done at the QuickBooks computer; after that, the next update goes on.",
        Who.OPERATOR: "Whoever runs this service does it.",
        Who.DEFECT: (
            "This is our mistake. Whoever looks after this service needs to know it: a support "
            "file helps."
        ),
    }
)
_WITHOUT_IT: Final = (
    "Nothing waits for it. It is enough to look once, then mark it as solved in the error log."
)


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

    @property
    def goes_on(self) -> str:
        """Who makes it go on, as a sentence."""
        return _WITHOUT_IT if self.nothing_waits else _GOES_ON[self.who]

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
