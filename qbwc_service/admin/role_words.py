"""What the roles are called, and what each may do, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qbwc_service.ledger.models import Role

ROLE_WORDS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.OWNER: "Owner",
        Role.BOOKKEEPER: "Bookkeeper",
        Role.VIEWER: "Viewer",
        Role.SUPPORT: "Support",
    }
)
ROLE_MEANING: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.OWNER: (
            "Everything, in all connections: users, adding connections, passwords of the Web "
            "Connector, and what is decided about a company file."
        ),
        Role.BOOKKEEPER: (
            "Everything in the daily work: orders, payments, refunds, products, customers, rules, "
            "settings, and signing in with Keap again."
        ),
        Role.VIEWER: "Reads everything and saves it as spreadsheets, and changes nothing.",
        Role.SUPPORT: (
            "Helps from outside: reads the same without the names, e-mail addresses, numbers and "
            "addresses of people, and changes nothing. Every page that they open is in the audit."
        ),
    }
)
