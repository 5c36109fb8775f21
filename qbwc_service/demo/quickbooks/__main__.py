"""The simulated QuickBooks as a program: prints one JSON line with its URL, then serves."""

import argparse
import json
import signal
import sys
from pathlib import Path
from types import FrameType

from qbwc_service.demo.keap.seed import COMPANY_ITEMS, VENDORS

from .bulk import fill
from .company import LIST_ADDS, TXN_ADDS, Company
from .crash import Crash, CrashPoint, kill_process
from .seed import new_company
from .server import CompanyServer


def main(arguments: list[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT."""
    options = _options(arguments)
    crash = Crash.parse(options.crash_at, CrashPoint, strike=kill_process)
    if options.company.exists():
        company = Company(options.company, memory=options.memory, crash=crash)
    else:
        company = new_company(
            options.company,
            items=[*options.item, *(COMPANY_ITEMS if options.demo else ())],
            vendors=[*options.vendor, *(VENDORS if options.demo else ())],
            taken_numbers=options.taken_number,
            edition=options.edition,
            zero_payment_keeps_a_record=options.zero_payment_keeps_a_record,
            memory=options.memory,
            crash=crash,
        )
        fill(company, customers=options.customers, items=options.items)
    company.add_seconds = {
        **dict.fromkeys(LIST_ADDS, options.list_add_seconds),
        **dict.fromkeys(TXN_ADDS, options.txn_add_seconds),
    }
    signal.signal(signal.SIGTERM, _interrupt)
    with company, CompanyServer(company, options.port) as server:
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quickbooks", description=__doc__)
    parser.add_argument("--company", type=Path, required=True, help="made where it is absent")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--memory", type=int, default=1, help="message sets that are kept")
    parser.add_argument("--item", action="append", default=[], help="in a new company")
    parser.add_argument("--vendor", action="append", default=[], help="in a new company")
    parser.add_argument("--taken-number", action="append", default=[], help="in a new company")
    parser.add_argument(
        "--edition",
        choices=("Pro", "Premier", "Enterprise"),
        default="Premier",
        help="of a new company",
    )
    parser.add_argument(
        "--zero-payment-keeps-a-record",
        action="store_true",
        help="in a new company: a payment of nothing that only sets credits is saved",
    )
    parser.add_argument(
        "--demo", action="store_true", help="a new company with what the demo's orders need"
    )
    parser.add_argument("--customers", type=int, default=0, help="so many, in a new company")
    parser.add_argument("--items", type=int, default=0, help="so many more, in a new company")
    parser.add_argument("--list-add-seconds", type=float, default=0.0, help="that each takes")
    parser.add_argument("--txn-add-seconds", type=float, default=0.0, help="that each takes")
    parser.add_argument("--crash-at", default="", help="point:n, for tests")
    return parser.parse_args(arguments)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
