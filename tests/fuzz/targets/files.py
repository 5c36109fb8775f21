"""Files that people upload or hand over: a kind (the first byte), then the file.

Product tables (CSV), rules (JSON), `.qwc` files.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import qwc
from qbwc_service.database import Database
from qbwc_service.ledger.product_file import ProductFileRefused, read_product_file
from qbwc_service.ledger.rule_file import read_rules
from qbwc_service.planning.rule import RuleRefused
from qbwc_service.spreadsheets import SpreadsheetUnreadable, as_meant, defused, read_rows
from tests.fuzz.lived_in import lived_in
from tests.fuzz.target import Run, Target, demand
from tests.qwc.test_document import FILE

_WORDS = (
    *b'"Keap product" SKU "QuickBooks item" HAMMER NAIL SAW ; , \r\n "" = + @ \'= \t'.split(b" "),
    *b"rules name on if then field comparison value kind product is total more than".split(),
    *b"number_prefix hold skip transaction class terms source tag".split(),
    *b"QBWCXML AppName AppID AppURL AppSupport UserName OwnerID FileID QBType QBFS".split(),
    *b"Scheduler RunEveryNMinutes IsReadOnly PersonalDataPref AuthFlags 0xE Style".split(),
    b"https://127.0.0.1/",
    b"{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
)


@contextmanager
def _open(folder: Path) -> Iterator[Run]:
    with lived_in(folder) as world:
        database = world.database

        def run(data: bytes) -> None:
            _KINDS[data[0] % len(_KINDS) if data else 0](database, data[1:])

        yield run


def _product_file(database: Database, content: bytes) -> None:
    try:
        rows = read_rows(content)
        with database.reading() as db:
            read_product_file(db, 1, rows)
    except (SpreadsheetUnreadable, ProductFileRefused) as error:
        demand(str(error), "refused without a reason")
        return
    for cell in (cell for row in rows for cell in row):
        demand(as_meant(defused(cell)) == cell, f"{cell!r} is not read as it was written")


def _rules(_database: Database, content: bytes) -> None:
    try:
        for rule, _is_on in read_rules(content):
            repr(rule)
    except RuleRefused as error:
        demand(str(error), "refused without a reason")


def _qwc_file(_database: Database, content: bytes) -> None:
    try:
        file = qwc.read(content)
    except qwc.QwcInvalid as error:
        demand(error.problems, "refused without a problem")
        return
    demand(qwc.read(qwc.build(file)) == file, "it is written as another file")


_KINDS: tuple[Callable[[Database, bytes], None], ...] = (_product_file, _rules, _qwc_file)


def _seeds(_folder: Path) -> Iterator[bytes]:
    table = "Keap product,SKU,Orders,QuickBooks item,Why,State\r\nHammer,HAMMER,1,NAIL,,\r\n"
    yield b"\0" + table.encode()
    yield b"\0" + ("\ufeff" + table.replace(",", ";")).encode()
    yield b"\0" + b'SKU\tQuickBooks item\n"NO-SUCH"\tSAW\n\'=x\t\n'
    yield b"\0" + table.encode("utf-16")
    yield (
        b'\1{"rules":[{"name":"Web","on":true,"if":[{"field":"source","comparison":"is",'
        b'"value":"ONLINE"}],"then":[{"kind":"number_prefix","value":"G-"}]},{"name":"Big",'
        b'"if":[{"field":"total","comparison":"more than","value":"100"}],'
        b'"then":[{"kind":"hold"}]}]}'
    )
    yield b'\1\xef\xbb\xbf{"rules":[]}'
    yield b"\2" + FILE


TARGET = Target("files", _open, _seeds, _WORDS)
