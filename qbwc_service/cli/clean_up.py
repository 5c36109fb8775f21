"""qbwc-service clean-up: remove now what is old, or say what that would be."""

import time
from collections.abc import Mapping

import click

from qbwc_service.clean_up.parts import PARTS
from qbwc_service.clean_up.sweep import Sweep, old_rows
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.config.variables import BY_NAME
from qbwc_service.retention import Ages


@click.command("clean-up")
@click.option("--dry-run", is_flag=True, help="Remove nothing; say how many rows are old.")
@json_option
def clean_up(dry_run: bool, as_json: bool) -> None:
    """Remove what is old and no longer needed, as the service does by itself every hour.

    Orders, payments, records with their TxnIDs and messages whose outcome is not known are never
    removed. How long the rest is kept is in the variables QBWC_KEEP_..._DAYS. May be run beside the
    service.

    \b
    Examples:
      qbwc-service clean-up --dry-run
      qbwc-service clean-up --json
    """
    with opened() as service:
        ages, now = service.config.ages, utc_now()
        if dry_run:
            rows = old_rows(service.database, ages, now)
        else:
            rows = Sweep(service.database, ages, now, pause=_slept).run()
    if as_json:
        print_json({"dry_run": dry_run, "rows": rows, "keep_days": ages})
    else:
        _show(rows, ages, "Would be removed" if dry_run else "Removed")


def _slept(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _show(rows: Mapping[str, int], ages: Ages, column: str) -> None:
    table = [
        (part.words.capitalize(), rows[part.name], part.age(ages), _variable(part.name))
        for part in PARTS
    ]
    print_table(["What", column, "Kept for days", "Variable"], table, "")


def _variable(name: str) -> str:
    kept = "HISTORY" if name == "audit" else name.upper()
    return BY_NAME[f"QBWC_KEEP_{kept}_DAYS"].name
