"""Every query of the product names its connection: looked at while the tests run.

One that forgets it finds the rows of other companies as soon as there are any, and no test with one
connection would notice. A row may also be named by its own id, or by that of a row above it.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

import qbwc_service.ledger.models  # noqa: F401 - so that every table is known
from qbwc_service.ledger.columns import Base

_ROOT = Path(__file__).parents[1]
_PRODUCT, _TESTS = str(_ROOT / "qbwc_service"), str(_ROOT / "tests")
_TABLES = frozenset(
    table.name for table in Base.metadata.tables.values() if "connection_id" in table.columns
)
_NAMING = r"(?:connection_id|id|session_id|message_set_id|ticket_digest)\b"
_COLUMNS = re.compile(r"\bSELECT\b(?:(?!\bSELECT\b|\bFROM\b).)*\bFROM\b", re.DOTALL)
_PLACES = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+AS\s+(\w+))?")

#: what looks at every connection on purpose: whether the program may be stopped now
_OF_EVERY = frozenset({"open_sessions"})

_found: set[str] | None = None


@contextmanager
def every_query_names_one() -> Iterator[None]:
    """AssertionError at the end, with the functions whose queries did not."""
    global _found  # noqa: PLW0603 - there is one test at a time in a process
    _found = set()
    try:
        yield
        assert not _found, "\n".join(sorted(_found))
    finally:
        _found = None


@lru_cache(maxsize=20_000)
def tables_without_connection(sql: str) -> tuple[str, ...]:
    """The tables of a statement whose rows may be anybody's."""
    if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return ()
    conditions = _COLUMNS.sub(" FROM ", sql)
    return tuple(
        table
        for table, alias in _PLACES.findall(conditions)
        if table in _TABLES and not _is_named(alias or table, conditions, is_alone=not alias)
    )


def _is_named(name: str, conditions: str, *, is_alone: bool) -> bool:
    column = rf"\b{re.escape(name)}\.{_NAMING}"
    compared = rf"{column}\s*(?:=|IN\b|NOT IN\b)|=\s*{column}"
    return bool(
        re.search(compared, conditions)
        or (is_alone and re.search(r"(?<![.\w])connection_id\s*(?:=|IN\b)", conditions))
    )


def _look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    if _found is None:
        return
    tables = tables_without_connection(statement)
    asking = _who_asks(sys._getframe(1)) if tables else None
    if asking is not None and asking.f_code.co_name not in _OF_EVERY:
        code = asking.f_code
        place = Path(code.co_filename).relative_to(_ROOT)
        _found.add(f"{place}, {code.co_qualname}: {', '.join(tables)} of every connection")


def _who_asks(frame: FrameType | None) -> FrameType | None:
    """The function of the product that asks; None where the test asks itself."""
    while frame is not None and not frame.f_code.co_filename.startswith((_PRODUCT, _TESTS)):
        frame = frame.f_back
    return frame if frame and frame.f_code.co_filename.startswith(_PRODUCT) else None


event.listen(Engine, "before_cursor_execute", _look)
