"""The customers that a batch of orders may fit, found by name, e-mail, person or company."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qbwc_service.matching.keys import company_keys, email_keys, name_key, person_keys
from qbwc_service.planning.plan import ContactDetails

SINGLE_CUSTOMER = "single-customer"


def single_key(name: str) -> str:
    """Source key of the posting that makes the one customer that everything is put under: another
    one for another name, so that a new setting never leads to the customer of the old one."""
    return f"{SINGLE_CUSTOMER}:{name_key(name)}"


def is_single(source_key: str) -> bool:
    return source_key.startswith(SINGLE_CUSTOMER)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer (or job) of the company file, or one that a posting of ours will make."""

    #: "" until QuickBooks has it
    list_id: str
    full_name: str
    is_active: bool = True
    email: str = ""
    company: str = ""
    city: str = ""
    #: three letters, or QuickBooks' own name of it; "" in books of one currency
    currency: str = ""
    first_name: str = ""
    last_name: str = ""
    #: source key of the posting that will make it; "" where QuickBooks has it
    made_by: str = ""
    #: the Keap contacts that are known to be this customer
    contacts: frozenset[str] = frozenset()
    #: None where QuickBooks was not asked for all of them yet
    contact_details: ContactDetails | None = None

    @property
    def name(self) -> str:
        """The last part of the full name."""
        return self.full_name.rpartition(":")[2]

    @property
    def family(self) -> str:
        """A customer and its jobs are one family: the key of the customer's name."""
        return name_key(self.full_name.partition(":")[0])

    @property
    def emails(self) -> frozenset[str]:
        return frozenset(email_keys(self.email))

    @property
    def persons(self) -> frozenset[str]:
        return person_keys(self.name, self.first_name, self.last_name)

    @property
    def companies(self) -> frozenset[str]:
        return company_keys(self.name, self.company)

    def shown(self) -> str:
        """As a person tells it from another: "Ann Lee (ann@example.com, Acme Inc, Phoenix)"."""
        known = ", ".join(part for part in (self.email, self.company, self.city) if part)
        return f"{self.full_name} ({known})" if known else self.full_name


class CustomerIndex:
    """Customers by all that they are looked up by. What it finds is in the order of names, so that
    nothing depends on the order in which they came."""

    def __init__(self, customers: Iterable[Customer] = ()) -> None:
        self._everybody: list[Customer] = []
        self._goes_to: dict[str, str] = {}
        self._by_name: dict[str, Customer] = {}
        self._by_list_id: dict[str, Customer] = {}
        self._by_email: dict[str, list[Customer]] = defaultdict(list)
        self._by_person: dict[str, list[Customer]] = defaultdict(list)
        self._by_company: dict[str, list[Customer]] = defaultdict(list)
        for customer in customers:
            self.add(customer)

    def goes_to(self, contact_id: str, list_id: str) -> None:
        """Orders of that contact go to this customer ("" = to none that is in QuickBooks)."""
        self._goes_to[contact_id] = list_id

    def visitors(self, customer: Customer) -> frozenset[str]:
        """The contacts whose orders go to this customer, whoever they are."""
        return frozenset(
            contact
            for contact, list_id in self._goes_to.items()
            if list_id and list_id == customer.list_id
        )

    def __iter__(self) -> Iterator[Customer]:
        return iter(_sorted([self._everybody]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CustomerIndex) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def add(self, customer: Customer) -> None:
        """One more; a name that is there already keeps its first customer."""
        self._everybody.append(customer)
        self._by_name.setdefault(name_key(customer.full_name), customer)
        if customer.list_id:
            self._by_list_id[customer.list_id] = customer
        keys: tuple[tuple[dict[str, list[Customer]], frozenset[str]], ...] = (
            (self._by_email, customer.emails),
            (self._by_person, customer.persons),
            (self._by_company, customer.companies),
        )
        for found, values in keys:
            for value in values:
                found[value].append(customer)

    def named(self, key: str) -> Customer | None:
        """The one of that full name (`name_key`)."""
        return self._by_name.get(key)

    def of_list_id(self, list_id: str) -> Customer | None:
        return self._by_list_id.get(list_id)

    def of_emails(self, keys: Iterable[str]) -> tuple[Customer, ...]:
        return _sorted(self._by_email.get(key, []) for key in keys)

    def of_person(self, key: str) -> tuple[Customer, ...]:
        return _sorted([self._by_person.get(key, [])])

    def of_company(self, key: str) -> tuple[Customer, ...]:
        return _sorted([self._by_company.get(key, [])])

    def heads(self, customers: Sequence[Customer]) -> tuple[Customer, ...]:
        """One a family: the only one of it, or the customer whose jobs they are."""
        families: dict[str, list[Customer]] = defaultdict(list)
        for customer in customers:
            families[customer.family].append(customer)
        return tuple(
            members[0] if len(members) == 1 else self._by_name.get(family, members[0])
            for family, members in sorted(families.items())
        )


def _sorted(found: Iterable[list[Customer]]) -> tuple[Customer, ...]:
    unique = {(customer.list_id, customer.made_by): customer for part in found for customer in part}
    return tuple(sorted(unique.values(), key=_place))


def _place(customer: Customer) -> tuple[str, str, str]:
    return name_key(customer.full_name), customer.list_id, customer.made_by
