"""Why a record was chosen, as a person reads it on the page of the order."""

from collections.abc import Mapping

from qbwc_service.planning.plan import Reason

_SENTENCES: Mapping[str, str] = {
    "customer-chosen": "You chose this customer for Keap contact {contact}.",
    "customer-remembered": "Earlier orders of Keap contact {contact} went to this customer.",
    "customer-email": "It has the e-mail address of the order, {email}.",
    "customer-email-name": (
        "Of those with the e-mail address {email}, it has the name of the order."
    ),
    "customer-email-place": (
        "Of those with the e-mail address {email}, it has the company and the city of the order."
    ),
    "customer-name": "It has the name of the order; nothing else speaks against it.",
    "customer-name-place": "Of those with that name, it has the company and the city of the order.",
    "customer-company-city": "It is the company of the order, {company}, in the same city.",
    "customer-single": "Your settings put the order under this one customer.",
    "customer-new": (
        "New: no customer in QuickBooks has this e-mail address, name, or company and city."
    ),
    "customer-new-apart": (
        "New, with the number of the Keap contact in its name: QuickBooks has a {other_kind} of "
        "the same name."
    ),
    "customer-new-chosen": "New: you chose to make a new customer for Keap contact {contact}.",
}
RULES = frozenset(_SENTENCES)


def sentence(why: Reason) -> str:
    """The reason in words; "" where none was noted (records planned by an older version)."""
    return _SENTENCES.get(why.rule, "").format_map(_Blanks(why.details))


class _Blanks(dict[str, str]):
    """A detail that an older row lacks leaves a blank instead of an error page."""

    def __missing__(self, key: str) -> str:
        return "..."
