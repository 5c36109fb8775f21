"""Order numbers on the command line: what cannot be read is a mistake of writing."""

from collections.abc import Iterable

import click

from qbwc_service.order_numbers import OrderNumbersUnreadable, read_order_numbers


def numbers_given(texts: Iterable[str]) -> tuple[int, ...]:
    """Each number once, in the order given. Raises click.UsageError."""
    try:
        return read_order_numbers(texts)
    except OrderNumbersUnreadable as error:
        raise click.UsageError(str(error)) from error
