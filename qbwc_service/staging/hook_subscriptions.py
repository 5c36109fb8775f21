"""What Keap is asked for about its calls: which subscriptions of ours there are, and which of them
stay. `keep_right` makes it right for one login; who has to, and when, is in hook_upkeep.py.

Exception
└── NotCalled    Keap takes the subscriptions and does not call
"""

from collections.abc import Callable
from dataclasses import dataclass

from keap import Hook, Hooks, KeapBadRequest, KeapNotFound, KeapServerError
from qbwc_service.ledger.hooks import PATH

#: the events after which there is something to read; Keap may have fewer
EVENTS = (
    "order.add",
    "order.edit",
    "order.delete",
    "invoice.add",
    "invoice.edit",
    "invoice.delete",
    "invoice.payment.add",
    "invoice.payment.edit",
    "invoice.payment.delete",
)


class NotCalled(Exception):
    """`reason` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Address:
    """What Keap is to call: the public address of the service, and the connection's token."""

    public_url: str
    token: str

    @property
    def url(self) -> str:
        return f"{self.public_url}{PATH}{self.token}"

    def token_in(self, url: str) -> str:
        """The token of an address under ours; "" for any other address."""
        beginning = f"{self.public_url}{PATH}"
        return url.removeprefix(beginning) if url.startswith(beginning) else ""

    def is_same(self, url: str) -> bool:
        """Whether it is this connection's, also under a public address of before."""
        return url.endswith(f"{PATH}{self.token}")


@dataclass(frozen=True, slots=True)
class Handshake:
    """`expect` keeps the next secret that Keap sends, `secret` gives it, "" where none came."""

    expect: Callable[[], None]
    secret: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Kept:
    """At how many of the events Keap calls, of those that it offers and we ask for."""

    verified: int
    offered: int

    @property
    def trouble(self) -> str:
        """A sentence; "" where it calls at all of them."""
        if self.verified == self.offered:
            return ""
        return f"Keap calls at {self.verified} of the {self.offered} kinds of change it was asked."


def keep_right(
    hooks: Hooks,
    address: Address,
    handshake: Handshake,
    known: Callable[[set[str]], set[str]],
) -> Kept:
    """Have exactly one verified subscription for each event that Keap has; gives how many are.

    `known` tells which tokens belong to connections of this service. Subscriptions of other
    programs are never touched. Raises KeapError, and NotCalled.
    """
    ours = _without_strays(hooks, address, known)
    offered: frozenset[str] | None = None
    verified = asked = 0
    for event in EVENTS:
        mine = sorted(
            (hook for hook in ours if hook.event_key == event), key=lambda hook: -hook.is_verified
        )
        for double in mine[1:]:
            _end(hooks, double)
        found = mine[0] if mine else None
        if found is None:
            offered = hooks.event_keys() if offered is None else offered
            if event not in offered:
                continue
        asked += 1
        verified += _verified(hooks, event, found, address, handshake)
        if not verified:
            # The other subscriptions would fare no better.
            raise NotCalled(_unreached(address, came=bool(handshake.secret())))
    if not verified:
        raise NotCalled("Keap has no calls about orders and payments for this account.")
    return Kept(verified, asked)


def end_all(hooks: Hooks, address: Address) -> None:
    """End the subscriptions of this connection, and no others."""
    for hook in hooks.all():
        if address.is_same(hook.hook_url):
            _end(hooks, hook)


def _without_strays(
    hooks: Hooks, address: Address, known: Callable[[set[str]], set[str]]
) -> list[Hook]:
    """The connection's own, after those were ended that lead nowhere: of a token that nobody has
    any more, under an address of before, or for an event that we do not ask for."""
    found = hooks.all()
    tokens = {token for hook in found if (token := address.token_in(hook.hook_url))}
    lost = tokens - known(tokens)
    ours = []
    for hook in found:
        if hook.hook_url == address.url and hook.event_key in EVENTS:
            ours.append(hook)
        elif address.is_same(hook.hook_url) or address.token_in(hook.hook_url) in lost:
            _end(hooks, hook)
    return ours


def _end(hooks: Hooks, hook: Hook) -> None:
    try:
        hooks.delete(hook.key)
    except KeapNotFound:
        return


def _verified(
    hooks: Hooks, event: str, found: Hook | None, address: Address, handshake: Handshake
) -> bool:
    """Whether Keap calls at the event, after what could be done for it."""
    if found is not None and found.is_verified:
        return True
    handshake.expect()
    hook = _made(hooks, event, found, address)
    if hook.is_verified:
        return True
    secret = handshake.secret()
    return bool(secret) and hooks.confirm(hook.key, secret).is_verified


def _made(hooks: Hooks, event: str, found: Hook | None, address: Address) -> Hook:
    """A new subscription, or the old one after Keap has sent its secret once more."""
    if found is None:
        return hooks.create(event, address.url)
    try:
        return hooks.verify(found.key)
    except KeapNotFound:
        return hooks.create(event, address.url)
    except (KeapBadRequest, KeapServerError):
        # How Keap answers where the handshake fails is not written anywhere.
        return found


def _unreached(address: Address, *, came: bool) -> str:
    if came:
        return "Keap reached this service, and does not take its answer."
    return f"Keap could not reach this service at {address.public_url}."
