"""One entry of the message catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who makes it go on."""

    ITSELF = "goes on by itself"
    PERSON = "needs you"
    SET_UP = "needs the QuickBooks computer"
    OPERATOR = "needs whoever runs this service"
    DEFECT = "our mistake"


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

    def rendered(self, details: Mapping[str, object]) -> "Message":
        shown = _Blanks({key: str(value) for key, value in details.items()})
        return Message(
            self.id,
            self.title.format_map(shown),
            self.why.format_map(shown),
            self.do.format_map(shown),
            self.who,
            self.about,
        )


class _Blanks(dict[str, str]):
    """A detail that an older row lacks leaves a blank instead of an error page."""

    def __missing__(self, key: str) -> str:
        return "..."
