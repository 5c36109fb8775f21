"""What each button is called in the audit."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: by endpoint; a test demands words for every button there is
AUDIT_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts.choose_payments": "Payment methods and deposit accounts chosen",
        "accounts.choose_tax": "Item for a tax chosen",
        "accounts.forget_tax": "Item for a tax forgotten",
        "adding.add": "Connection added",
        "alerts.make_signing_key": "New key for signed alerts",
        "alerts.test": "Test alert sent",
        "company_file.take_the_open_one": "Company file that is open at the next update taken",
        "connection_home.read_keap": "Keap read now",
        "customers.choose": "Customer for a contact chosen or forgotten",
        "errors.solve": "Entries of the error log marked as solved",
        "home.end_drain": "Updates of the Web Connector let begin again",
        "keap_login.disconnect": "Disconnected from Keap",
        "keap_login.save_key": "Keap key saved",
        "keap_login.test": "Keap login tested",
        "keap_login.use_key": "Keap key used instead of the sign-in",
        "keap_sign_in.answer": "Keap account confirmed or refused",
        "keap_sign_in.begin": "Sign-in with Keap begun",
        "link_many.link": "Orders linked to records of QuickBooks",
        "manual_sync.ask": "Orders asked for by number or day",
        "manual_sync.send_even_so": "Order sent although the settings skip it",
        "needs_you.approve_orders": "Orders approved",
        "needs_you.approve_refunds": "Refunds approved",
        "needs_you.choose_item": "Item for a product chosen",
        "needs_you.try_again": "Orders of one cause tried again",
        "order.decide_one": "Decision about an order",
        "order.decide_payment": "Decision about a payment",
        "orders.decide_many": "Decision about orders",
        "preview.decide_one": "Decision about an order",
        "products.save": "Items for products chosen",
        "products.take_file": "Items for products taken from a file",
        "reconcile.decide_one": "Decision about a difference",
        "reconcile.link": "Orders linked to records of QuickBooks",
        "reconcile.read": "QuickBooks to be read and compared",
        "refunds.approve": "Refunds approved",
        "rules.arrange": "Rule moved, switched or deleted",
        "rules.save": "Rule saved",
        "rules.take_file": "Rules taken from a file",
        "set_up.answer": "Question of the set-up answered",
        "set_up.answer_about_company": "Company of the set-up confirmed or refused",
        "set_up.count_last_days": "Orders of the last 30 days counted",
        "set_up.download_file": "Web Connector file saved",
        "set_up.go_on": "Step of the set-up done",
        "set_up.go_on_with_another_company": "Another company file allowed in the set-up",
        "set_up.read_keap": "Keap read now",
        "set_up.send_these": "Orders sent for a trial",
        "set_up.switch_on": "Connection switched on",
        "set_up.tick_this_computer": "Ticks about the QuickBooks computer saved",
        "set_up.undo_these": "Trial undone",
        "undo.undo": "Order undone",
        "undo_many.undo_ticked": "Orders undone",
        "undo_many.undo_update": "Update undone",
        "unknown_item.settle": "Orders with the unknown item settled",
        "upkeep.answer_about_company_file": "Question about the company file answered",
        "upkeep.make_password": "New Web Connector password",
        "upkeep.pause": "Paused",
        "upkeep.reinstate": "Suspension lifted",
        "upkeep.resume": "Resumed",
        "upkeep.skip_one_payment": "Payment without an order skipped",
        "upkeep.suspend": "Suspended",
    }
)
#: button and verb that only show what would be done
ONLY_SHOWS: Final = frozenset(
    {("orders.decide_many", "undo"), ("orders.decide_many", "link"), ("rules.save", "test")}
)
#: these write their own entry, in the transaction of the change, with more than a form tells
RECORDED_THERE: Final = frozenset(
    {
        "invitations.invite",
        "invitations.withdraw",
        "joining.join",
        "manual_sync.choose_order_status",
        "own_password.change",
        "people.add",
        "people.change",
        "people.disable",
        "people.enable",
        "people.renew_password",
        "settings.change",
        "sign_in.sign_in",
        "sign_in.sign_out",
    }
)
