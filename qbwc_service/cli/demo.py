"""qbwc-service demo: everything with a simulated Keap, QuickBooks and Web Connector."""

from pathlib import Path

import click


@click.command()
@click.option("--check", is_flag=True, help="Run once, compare the books, end with 0 or 1.")
@click.option("--orders", default=200, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--bulk", type=click.IntRange(1), help="Add this many plain orders at once.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Admin pages."
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep database and files in this folder.",
)
def demo(check: bool, orders: int, bulk: int | None, port: int, keep: Path | None) -> None:
    """Try it without Keap and QuickBooks: all three sides are simulated on this machine.

    \b
    Examples:
      qbwc-service demo
      qbwc-service demo --check --orders 50
    """
    # The simulators load slowly, so only here.
    from qbwc_service.demo.run import main_demo

    outcome = main_demo(check=check, orders=orders, bulk=bulk, port=port, keep=keep)
    click.get_current_context().exit(outcome)
