"""What PostgreSQL would refuse, refused on SQLite: texts that are too long, numbers too large.

NUL is not among it: it is taken out on the way there (qbwc_service/database_engines.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Integer, String, event, inspect
from sqlalchemy.orm import Session

from tests.fuzz.target import demand

_INTEGERS = 2**31


@contextmanager
def strict() -> Iterator[None]:
    """Defect for whatever PostgreSQL would answer with an error."""
    event.listen(Session, "before_flush", _check_flush)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", _check_flush)


def _check_flush(session: Session, _context: Any, _instances: Any) -> None:
    for one in (*session.new, *session.dirty):
        for attribute in inspect(type(one)).column_attrs:
            value, kind = getattr(one, attribute.key), attribute.columns[0].type
            where = f"{type(one).__name__}.{attribute.key}"
            if isinstance(value, str) and isinstance(kind, String) and kind.length is not None:
                demand(len(value) <= kind.length, f"{where} is too long: {value[:80]!r}")
            if type(value) is int and isinstance(kind, Integer):
                bounds = 2**63 if isinstance(kind, BigInteger) else _INTEGERS
                demand(-bounds <= value < bounds, f"{where} is too large: {value}")
