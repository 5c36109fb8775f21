"""qbwc-service preview: what QuickBooks would get of an order, before anything is sent."""

from collections.abc import Mapping
from typing import Any

import click

from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import opened
from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.ledger.form_picture import FormPicture
from qbwc_service.ledger.preview import Preview, previews
from qbwc_service.messages import told
from qbwc_service.planning.money import decimal_amount, shown


@click.command()
@click.argument("name")
@click.argument("order", type=click.IntRange(min=1))
@json_option
def preview(name: str, order: int, as_json: bool) -> None:
    """Show what QuickBooks would get of an order, and why. Nothing is sent or changed.

    \b
    Examples:
      qbwc-service preview acme 101
      qbwc-service preview acme 101 --json
    """
    with opened() as service, service.database.reading() as db:
        found = previews(db, find_connection(db, name), [order], utc_now()).get(order)
    if found is None:
        raise Refused(
            f"Order {order} was not read from Keap, or it is in QuickBooks already. "
            f'"qbwc-service orders {name}" shows what there is.'
        )
    if as_json:
        print_json(_document(found))
        return
    _print(found)


def _document(found: Preview) -> dict[str, Any]:
    return {
        "order": found.order.keap_id,
        "keap_total": decimal_amount(found.order.total),
        "total": decimal_amount(found.form.total) if found.form else None,
        "match": found.matches,
        "waits_for": found.hold.cause if found.hold else "",
        "left_out": found.skip,
        "form": _form(found.form) if found.form else None,
        "rows_left": [
            {
                "payment": row.payment_id,
                "amount": decimal_amount(row.amount),
                "cause": row.hold.cause if row.hold else row.skip,
            }
            for row in found.rows_left
        ],
    }


def _form(form: FormPicture) -> dict[str, Any]:
    return {
        "kind": form.what,
        "number": form.number,
        "date": form.placed_on,
        "customer": form.customer,
        "found_by": form.found_by,
        "why_customer": form.why_customer,
        "bill_to": list(form.bill_to),
        "terms": form.terms,
        "class": form.class_name,
        "memo": form.memo,
        "lines": [
            {
                "item": line.item,
                "why": line.why,
                "description": line.description,
                "quantity": line.quantity,
                "rate": line.rate,
                "amount": line.amount,
            }
            for line in form.lines
        ],
        "tax_item": form.tax_item,
        "tax": decimal_amount(form.tax),
        "payments": [
            {
                "kind": payment.what,
                "date": payment.paid_on,
                "method": payment.method,
                "reference": payment.reference,
                "amount": decimal_amount(payment.amount),
                "deposit_to": payment.account,
            }
            for payment in form.payments
        ],
    }


def _print(found: Preview) -> None:
    order, form = found.order, found.form
    if form is None:
        cause = found.hold.cause if found.hold else found.skip
        details: Mapping[str, str] = found.hold.details if found.hold else {}
        why = told(cause, {"order": order.keap_id, **details})
        click.echo(f"Nothing would be sent of order {order.keap_id}. {why.title}.")
        click.echo(f"{why.why} {why.do}")
        return
    number = form.number or "with the next number of QuickBooks"
    click.echo(f"{form.what} {number} for {form.customer}, dated {form.placed_on}.")
    if form.why_customer:
        click.echo(f"{form.why_customer}.")
    rows = [
        (line.item, line.description, line.quantity or "", f"{line.amount:,.2f}", line.why)
        for line in form.lines
    ]
    print_table(["Item", "Description", "Quantity", "Amount", "Why"], rows, "It has no lines.")
    if form.tax_item:
        click.echo(f"Sales tax ({form.tax_item}): {shown(form.tax)}")
    for payment in form.payments:
        what = f"{payment.what} {payment.reference}".strip()
        click.echo(f"{what}: {shown(payment.amount)}, {payment.paid_on}, {payment.account}")
    same = "=" if found.matches else "is not"
    click.echo(f"Keap total {shown(order.total)} {same} QuickBooks total {shown(form.total)}")
