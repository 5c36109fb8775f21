"""One buyer, and the answers that there can be to the question which customer it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from qbwc_service.matching.company import Company
from qbwc_service.matching.customer_index import Customer
from qbwc_service.planning.order import Buyer
from qbwc_service.planning.plan import NO_REASON, Hold, ListRef, Reason
from qbwc_service.settings import Settings

#: as many as a message names; the page of the order has them all
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CustomerMatch:
    """A customer that exists or is planned already (`ref`), one to be made under `new_name`, or a
    hold with those who may be meant."""

    ref: ListRef | None = None
    new_name: str = ""
    #: source key of the posting that makes it
    new_key: str = ""
    hold: Hold | None = None
    candidates: tuple[Customer, ...] = ()
    why: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class Question:
    """One buyer, and all that an answer may look at."""

    buyer: Buyer
    company: Company
    settings: Settings
    name: str
    details: dict[str, str] = field(default_factory=dict)

    def taken(self, customer: Customer, rule: str) -> CustomerMatch:
        ref = ListRef(list_id=customer.list_id, made_by=customer.made_by)
        return CustomerMatch(ref=ref, why=self.reason(rule, customer=customer.full_name))

    def new(self, name: str, rule: str, key: str = "", **more: str) -> CustomerMatch:
        why = self.reason(rule, customer=name, **more)
        return CustomerMatch(new_name=name, new_key=key or self.buyer.contact_id, why=why)

    def held(self, cause: str, among: Sequence[Customer] = (), **more: str) -> CustomerMatch:
        choices = "; ".join(customer.shown() for customer in among[:_SHOWN])
        details = self.details | ({"choices": choices} if choices else {}) | more
        return CustomerMatch(hold=Hold(cause, details), candidates=tuple(among))

    def reason(self, rule: str, **more: str) -> Reason:
        known = {
            "contact": self.buyer.contact_id,
            "email": self.buyer.email,
            "name": f"{self.buyer.first_name} {self.buyer.last_name}".strip(),
            "company": self.buyer.company,
        }
        return Reason(rule, {key: value for key, value in known.items() if value} | more)
