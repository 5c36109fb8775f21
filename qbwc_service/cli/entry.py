"""The command qbwc-service: its groups, and how every failure ends."""

import logging
import os
import sys
from collections.abc import Sequence

import click

from qbwc_service import __version__
from qbwc_service.cli import failures, keap_login
from qbwc_service.cli.alerts import alerts
from qbwc_service.cli.audit import audit
from qbwc_service.cli.audited import note_changes
from qbwc_service.cli.backup import backup
from qbwc_service.cli.clean_up import clean_up
from qbwc_service.cli.config import config
from qbwc_service.cli.connection import connection
from qbwc_service.cli.contact import contact
from qbwc_service.cli.customers import choose_customer, customers, needs_you
from qbwc_service.cli.decisions import (
    accept,
    approve,
    hold,
    link,
    renumber,
    requeue,
    send_again,
    skip,
)
from qbwc_service.cli.demo import demo
from qbwc_service.cli.doctor import doctor
from qbwc_service.cli.drain import drain
from qbwc_service.cli.erase import erase
from qbwc_service.cli.errors import errors
from qbwc_service.cli.export import export
from qbwc_service.cli.lists import lists
from qbwc_service.cli.mappings import (
    map_payment,
    map_tax,
    mappings,
    unmap_payment,
    unmap_tax,
)
from qbwc_service.cli.metrics import metrics
from qbwc_service.cli.migrate import migrate
from qbwc_service.cli.orders import orders
from qbwc_service.cli.person import person
from qbwc_service.cli.preview import preview
from qbwc_service.cli.products import export_items, import_items, items, map_item, unmap_item
from qbwc_service.cli.qwc_file import qwc
from qbwc_service.cli.reconcile import link_found, payments, reconcile
from qbwc_service.cli.restore import restore
from qbwc_service.cli.rules import (
    rules,
    rules_add,
    rules_export,
    rules_import,
    rules_move,
    rules_off,
    rules_on,
    rules_remove,
    rules_test,
)
from qbwc_service.cli.secret_key import secret_key
from qbwc_service.cli.settings import set_
from qbwc_service.cli.settings_file import settings_export, settings_import
from qbwc_service.cli.stage import stage
from qbwc_service.cli.status import status
from qbwc_service.cli.support_file import support_file
from qbwc_service.cli.sync import sync
from qbwc_service.cli.undo import undo
from qbwc_service.cli.up import up
from qbwc_service.collector import collect_seldom

_log = logging.getLogger(__name__)


@click.group(
    name="qbwc-service",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: qbwc-service up",
)
@click.version_option(__version__, prog_name="qbwc-service")
def commands() -> None:
    """Bring Keap orders and payments into QuickBooks Desktop.

    NAME is always the name of a connection: one Keap account joined to one QuickBooks company
    file. "qbwc-service COMMAND --help" explains a command and shows examples.
    """


for _command in (
    *(up, stage, drain, migrate, backup, restore, config, connection, qwc, set_),
    *(sync, status, orders, preview),
    *(needs_you, customers, choose_customer, contact),
    *(items, map_item, unmap_item, export_items, import_items),
    *(reconcile, payments, link_found),
    *(lists, mappings, map_payment, unmap_payment, map_tax, unmap_tax),
    *(rules, rules_add, rules_remove, rules_move, rules_on, rules_off),
    *(rules_test, rules_export, rules_import),
    *(settings_export, settings_import),
    *(requeue, hold, skip, link, renumber, approve, accept, undo, send_again),
    *(errors, alerts, metrics, clean_up, person, audit, export, support_file, doctor),
    *(secret_key, demo),
):
    commands.add_command(_command)

for _command in (
    *(keap_login.key, keap_login.login, keap_login.test, keap_login.disconnect),
    erase,
):
    connection.add_command(_command)

note_changes(commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code; never with a traceback."""
    # Databases, exports and files of settings name people: they are their owner's alone.
    os.umask(0o077)
    collect_seldom()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """One command's exit code; what is to be read goes to the standard streams."""
    try:
        result = commands.main(arguments, prog_name="qbwc-service", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _say(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _say("Stopped.", failures.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the edge: nothing may end in a traceback
        return _end_by(error)
    return result if isinstance(result, int) else 0


def _end_by(error: Exception) -> int:
    _log.debug("the command ended by this", exc_info=error)
    sentence = failures.sentence(error)
    if sentence is not None:
        return _say(sentence, failures.REFUSED)
    kind = f"{type(error).__name__}: {error}".splitlines()[0]
    advice = "" if _log.isEnabledFor(logging.DEBUG) else _MORE
    return _say(f"The service met an error of its own ({kind}).{advice}", failures.OUR_MISTAKE)


_MORE = " Set QBWC_LOG_LEVEL=DEBUG to see more."


def _say(sentence: str, exit_code: int) -> int:
    click.echo(sentence, err=True)
    return exit_code
