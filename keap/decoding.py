"""From the bytes of an answer to records: exact numbers, tolerant of what Keap leaves out.

One record that cannot be read is set apart and never loses its page.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any, Generic, TypeGuard, TypeVar, get_args

import msgspec

R = TypeVar("R", bound=msgspec.Struct)

_LARGEST_EXPONENT = 18
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u[dD][89a-fA-F]..|.)", re.DOTALL)


#: how Keap writes nothing; inside a text the quotes would have backslashes
_NOTHING = re.compile(rb'_(?:time"\s*:\s*""|id"\s*:\s*"0")')
#: a time of day with an offset
_OTHER_ZONE = re.compile(rb":\d\d(?:\.\d+)?[+-]\d\d")
_UNDECODABLE = (ValueError, ArithmeticError, msgspec.MsgspecError, RecursionError)


class ShapeError(ValueError):
    """An answer or a record that is not what the API promises; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record set apart: what it was ("orders"), its id as far as legible, its JSON, and why."""

    resource: str
    record_id: str
    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list, in Keap's order."""

    records: tuple[R, ...]
    unreadable: tuple[Unreadable, ...]
    next_page_token: str

    @property
    def ids(self) -> set[int]:
        """Of all rows whose id is legible, also of those that cannot be read."""
        texts = [getattr(record, "id", "") for record in self.records]
        texts += [record.record_id for record in self.unreadable]
        return {int(text) for text in texts if _is_row_id(text)}

    @property
    def highest_id(self) -> int:
        """The highest of `ids`; 0 for none."""
        return max(self.ids, default=0)


def decode_page(body: bytes, resource: str, kind: type[R]) -> Page[R]:
    """Reads a list answer whose rows stand under `resource`.

    Raises ShapeError where the page itself is not `{"<resource>": [...], ...}`.
    """
    rows, token = _decode_envelope(body, resource)
    records: list[R] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        try:
            records.append(decode_record(bytes(row), kind))
        except ShapeError as error:
            unreadable.append(Unreadable(resource, _legible_id(row), bytes(row), str(error)))
    return Page(tuple(records), tuple(unreadable), token)


def decode_record(raw: bytes, kind: type[R]) -> R:
    """Reads one record, as received or as kept in `raw`. Raises ShapeError."""
    _require_text(raw)
    if not _OTHER_ZONE.search(raw):
        # Nearly every record is as the API promises, and then this is five times as fast.
        text = _NOTHING.sub(_as_nothing, raw)
        with suppress(*_UNDECODABLE):
            plain: R = msgspec.structs.replace(_decoder(kind).decode(text), raw=raw)
            return plain
    return _decode_patiently(raw, kind)


def _require_text(raw: bytes) -> None:
    """Raises ShapeError for bytes that are no UTF-8: in fields that nobody reads msgspec passes
    over them, but `raw` is kept as text."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise ShapeError(str(error)) from error


def _as_nothing(match: re.Match[bytes]) -> bytes:
    return b'_time":null' if match[0].startswith(b"_time") else b'_id":""'


@cache
def _decoder(kind: type[R]) -> msgspec.json.Decoder[R]:
    return msgspec.json.Decoder(kind, float_hook=_exact_number)


def _decode_patiently(raw: bytes, kind: type[R]) -> R:
    """For what the API does not promise: null and "" for nothing, ids as numbers, odd numbers."""
    try:
        answer = msgspec.json.Decoder(float_hook=_exact_number).decode(raw)
        if not isinstance(answer, dict):
            raise ShapeError("not a JSON object")
        return msgspec.convert({**_settled_object(answer, kind), "raw": raw}, kind)
    except _UNDECODABLE as error:
        raise ShapeError(str(error) or type(error).__name__) from error


def _decode_envelope(body: bytes, resource: str) -> tuple[list[msgspec.Raw], str]:
    """The rows, each still as JSON, and the next token."""
    try:
        envelope = _decode_members(body)
        if resource not in envelope:
            raise ShapeError(f'the answer has no "{resource}"')
        rows = msgspec.json.decode(envelope[resource], type=list[msgspec.Raw] | None)
        token = msgspec.json.decode(envelope.get("next_page_token", b"null"), type=str | None)
    except _UNDECODABLE as error:
        raise ShapeError(str(error) or type(error).__name__) from error
    return rows or [], token or ""


def _decode_members(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        # Half an emoji in one text must not lose the page: msgspec refuses it even where the
        # text is only skipped.
        return msgspec.json.decode(_mended(body), type=dict[str, msgspec.Raw])


def _mended(body: bytes) -> bytes:
    """The same JSON with U+FFFD in place of half surrogate pairs."""

    def mend(match: re.Match[bytes]) -> bytes:
        escape = match[0]
        is_half_pair = len(escape) == 6 and escape[2:3] in b"dD"
        return rb"\ufffd" if is_half_pair else escape

    return _ESCAPE.sub(mend, body)


def _exact_number(text: str) -> int | Decimal:
    """The number as written: 100.0 is the whole number 100, 100.5 stays a Decimal."""
    number = Decimal(text)
    if abs(number.adjusted()) <= _LARGEST_EXPONENT and number == number.to_integral_value():
        return int(number)
    return number


Settle = Callable[[Any], object]


@cache
def _settlers(kind: type[msgspec.Struct]) -> tuple[tuple[str, Settle | None], ...]:
    """How each field of a record is made ready, by the API's own naming: `id` and `*_id` are text,
    `*_time` are instants; None: as it is. Fields that we do not know are not looked at."""
    fields = msgspec.structs.fields(kind)
    return tuple((field.encode_name, _settler(field.encode_name, field.type)) for field in fields)


def _settled_object(record: Mapping[str, object], kind: type[msgspec.Struct]) -> dict[str, object]:
    """Leaves out what is null or "", so that the field's default counts; settles the rest."""
    settled = {}
    for name, settle in _settlers(kind):
        value = record.get(name)
        if value is None or value == "":
            continue
        if settle is not None:
            value = settle(value)
        if value is not None:
            settled[name] = value
    return settled


def _settler(name: str, kind: Any) -> Settle | None:
    """The rule for one field, chosen once."""
    inner = next((part for part in (kind, *get_args(kind)) if _is_struct(part)), None)
    if inner is not None:
        return _each(partial(_settled_nested, kind=inner))
    if _is_id(name.removesuffix("s")):
        return _each(_reference if name.endswith("_id") else _identity)
    return _time if name.endswith("_time") else None


def _is_struct(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _each(settle: Settle) -> Settle:
    """Of a list every member that is not null is settled, of anything else the value itself."""

    def settle_each(value: Any) -> object:
        if isinstance(value, list):
            return [settle(item) for item in value if item is not None]
        return settle(value)

    return settle_each


def _settled_nested(value: Any, kind: type[msgspec.Struct]) -> object:
    return _settled_object(value, kind) if isinstance(value, dict) else value


def _identity(value: Any) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _reference(value: Any) -> object:
    """Keap writes "0" for a reference to nothing."""
    text = _identity(value)
    return None if text == "0" else text


def _time(value: Any) -> object:
    return _instant(value) if isinstance(value, str) else value


def _is_row_id(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 19


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _instant(text: str) -> datetime:
    """An aware UTC time; a date alone, or a time without offset, is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"not a time: {text!r}") from error


def _legible_id(row: msgspec.Raw) -> str:
    """The id of a row that could not be read, "" where it has none."""
    try:
        answer = msgspec.json.decode(row)
    except _UNDECODABLE:
        found = re.search(rb'^\{\s*"id"\s*:\s*"?([0-9]{1,18})\b', bytes(row))
        return found[1].decode() if found else ""
    identity = answer.get("id") if isinstance(answer, dict) else None
    is_id = isinstance(identity, str | int) and not isinstance(identity, bool)
    return str(identity) if is_id else ""
