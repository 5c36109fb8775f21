"""What each command that changes something is called in the audit."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

#: by the command as it is typed; a test demands that every command is here or below
AUDIT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "alerts": "Test alert sent, or new key for signed alerts",
        "accept": "Orders accepted as QuickBooks has them",
        "approve": "Orders or refunds approved",
        "clean-up": "Old messages, notes and entries removed",
        "choose-customer": "Customer for a contact chosen or forgotten",
        "connection add": "Connection added",
        "connection confirm": "Question about the company file answered",
        "connection disconnect": "Disconnected from Keap",
        "connection key": "Keap key saved",
        "connection password": "New Web Connector password",
        "connection pause": "Paused",
        "connection relink": "Company file that is open at the next update taken",
        "connection reinstate": "Suspension lifted",
        "connection resume": "Resumed",
        "connection suspend": "Suspended",
        "connection switch-on": "Connection switched on",
        "connection test": "Keap login tested",
        "drain": "Updates of the Web Connector kept from beginning, or let begin again",
        "export": "Everything of the connection written into files",
        "hold": "Orders held",
        "import-items": "Items for products taken from a file",
        "link": "Order linked to a record of QuickBooks",
        "link-found": "Orders linked to records of QuickBooks",
        "map-item": "Item for a product chosen",
        "map-payment": "Payment method or deposit account chosen",
        "map-tax": "Item for a tax chosen",
        "reconcile": "QuickBooks to be read and compared",
        "renumber": "Order posted under another number",
        "requeue": "Orders requeued",
        "restore": "Database restored from a backup",
        "rules-add": "Rule added",
        "rules-import": "Rules taken from a file",
        "rules-move": "Rule moved",
        "rules-off": "Rule switched off",
        "rules-on": "Rule switched on",
        "rules-remove": "Rule deleted",
        "secret-key apply": "Everything encrypted under the first secret key",
        "secret-key forget": "Older secret keys forgotten",
        "secret-key rotate": "New secret key made",
        "send-again": "Orders sent again once deleted in QuickBooks",
        "settings-import": "Settings, choices and rules taken from a file",
        "skip": "Orders or payments skipped",
        "sync": "Keap read, or orders asked for",
        "undo": "Orders undone",
        "unmap-item": "Item for a product forgotten",
        "unmap-payment": "Payment method or deposit account forgotten",
        "unmap-tax": "Item for a tax forgotten",
    }
)
#: these only read with such parameters
ONLY_LOOKS: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = MappingProxyType(
    {
        "alerts": lambda given: not (given["is_test"] or given["new_signing_key"]),
        "clean-up": lambda given: given["dry_run"],
        "link-found": lambda given: not given["yes"],
        "reconcile": lambda given: not given["ask"],
        "restore": lambda given: given["check"],
        "settings-import": lambda given: given["dry_run"],
        "undo": lambda given: given["preview"],
    }
)
#: these write their own entry, in the transaction of the change
RECORDED_THERE: Final = frozenset(
    {
        *("set", "person add", "person role", "person password", "person disable"),
        *("person enable", "person invite", "connection erase"),
        *("contact erase", "contact readmit"),
    }
)
#: these read, or run the service
NO_DECISION: Final = frozenset(
    {
        *("audit", "backup", "config", "connection list", "connection login"),
        *("connection show", "customers", "demo", "doctor", "errors", "export-items"),
        *("items", "lists", "mappings", "metrics", "migrate", "needs-you", "orders"),
        *("payments", "person list", "preview", "qwc", "rules", "rules-export"),
        *("rules-test", "settings-export", "stage", "status", "support-file", "up"),
    }
)
