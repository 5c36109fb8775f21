"""REST hooks: subscriptions to what happens in Keap, which v1 alone has.

Keap then POSTs the event and the ids of what changed to an address of ours. Its calls bear no
signature, are tried four times and then given up, so they can only say that it is time to read.

Before the first call Keap POSTs a secret to that address, as the header X-Hook-Secret. It is
answered with the same header (`create` and `verify` have Keap do so), or given back (`confirm`).
"""

from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from keap.decoding import ShapeError
from keap.http import Call, KeapReader

#: the header that carries the secret, there and back
SECRET_HEADER = "X-Hook-Secret"  # noqa: S105 - its name
_PATH = "hooks"
_VERSION = "v1"

T = TypeVar("T")


class HookStatus(StrEnum):
    """Only a verified subscription is called; what Keap may say beside these is OTHER."""

    UNVERIFIED = "Unverified"
    VERIFIED = "Verified"
    INACTIVE = "Inactive"
    OTHER = ""

    @classmethod
    def _missing_(cls, value: object) -> "HookStatus":
        return cls.OTHER


class Hook(msgspec.Struct, frozen=True, rename="camel"):
    """One subscription: `key` is its id, `hook_url` is called at each `event_key`."""

    key: str = ""
    event_key: str = ""
    hook_url: str = ""
    status: HookStatus = HookStatus.OTHER

    @property
    def is_verified(self) -> bool:
        """Whether Keap calls."""
        return self.status is HookStatus.VERIFIED


class Hooks:
    """The calls about subscriptions. Each raises KeapError."""

    def __init__(self, reader: KeapReader) -> None:
        """See KeapClient.hooks."""
        self._reader = reader

    def event_keys(self) -> frozenset[str]:
        """What can be subscribed to: "order.add", "invoice.payment.edit" ..."""
        answer = self._reader.get(f"{_PATH}/event_keys", {}, version=_VERSION)
        return frozenset(self._decoded(answer, list[str]))

    def all(self) -> tuple[Hook, ...]:
        """Every subscription that this login sees, those of other programs among them."""
        answer = self._reader.get(_PATH, {}, version=_VERSION)
        return tuple(hook for hook in self._decoded(answer, list[Hook]) if hook.key)

    def create(self, event_key: str, hook_url: str) -> Hook:
        """A new subscription; Keap tries to verify it before it answers."""
        body = {"eventKey": event_key, "hookUrl": hook_url}
        return self._changed(Call("POST", _PATH, _VERSION, body))

    def verify(self, key: str) -> Hook:
        """Have Keap send its secret once more, which also wakes an inactive subscription."""
        return self._changed(Call("POST", f"{_named(key)}/verify", _VERSION))

    def confirm(self, key: str, secret: str) -> Hook:
        """Give back the secret that Keap sent, where it did not take our answer for it."""
        call = Call(
            "POST", f"{_named(key)}/delayedVerify", _VERSION, headers={SECRET_HEADER: secret}
        )
        return self._changed(call)

    def delete(self, key: str) -> None:
        """End a subscription; KeapNotFound where there is none."""
        done = frozenset({httpx.codes.OK, httpx.codes.NO_CONTENT})
        self._reader.change(Call("DELETE", _named(key), _VERSION, answered_with=done))

    def _changed(self, call: Call) -> Hook:
        answer = self._reader.change(call)
        hook = self._decoded(answer, Hook)
        if not hook.key:
            raise self._reader.unreadable(answer, "Keap's answer names no subscription")
        return hook

    def _decoded(self, answer: httpx.Response, kind: type[T]) -> T:
        try:
            return _decode(answer.content, kind)
        except ShapeError as error:
            reason = f"Keap's answer cannot be read: {error}"
            raise self._reader.unreadable(answer, reason) from error


def _named(key: str) -> str:
    return f"{_PATH}/{quote(key, safe='')}"


def _decode(body: bytes, kind: type[T]) -> T:
    """Raises ShapeError. A key may be a number, and nothing may be null."""
    try:
        plain = _without_nulls(msgspec.json.decode(body))
        return msgspec.convert(plain, kind, strict=False)
    except (ValueError, msgspec.MsgspecError, RecursionError) as error:
        raise ShapeError(str(error) or type(error).__name__) from error


def _without_nulls(value: object) -> object:
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    if isinstance(value, dict):
        return {
            name: str(one) if name == "key" else one
            for name, one in value.items()
            if one is not None
        }
    return value
