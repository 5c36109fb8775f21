"""One setting as data."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what `set NAME` lists and the settings page shows."""

    name: str
    kind: str
    default: Any
    meaning: str
    #: the only values it takes, where these are few
    choices: tuple[str, ...] = ()
    #: the QuickBooks list that it names an entry of, by full name; "" where it names none
    list_name: str = ""
    #: the kinds of entry that will do (AccountType, TemplateType); none: all
    entry_kinds: tuple[str, ...] = ()
    #: of numbers: the smallest and the largest
    least: int = 0
    most: int = 0


#: a payment can be deposited to these (qbXML OSR: ReceivePaymentAdd/DepositToAccountRef)
DEPOSIT_ACCOUNT_TYPES = ("Bank", "OtherCurrentAsset")
ACCOUNT_LIST = "Account"
