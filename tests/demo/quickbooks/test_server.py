"""The simulated QuickBooks as a program on a socket."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager

import httpx
import pytest

from qbwc_service.demo.quickbooks import Company, HResult, read_books
from qbwc_service.demo.quickbooks.remote import RemoteError, RemoteQuickBooks
from qbwc_service.demo.quickbooks.server import CompanyServer

from .talk import customer_add, message


@pytest.fixture
def remote(company):
    with CompanyServer(company) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with RemoteQuickBooks(server.url) as quickbooks:
                yield quickbooks
        finally:
            server.shutdown()
            thread.join(10)


@contextmanager
def running_quickbooks(*arguments: str):
    """The program itself; yields the process and the URL it prints."""
    command = [sys.executable, "-m", "qbwc_service.demo.quickbooks", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(10)


def test_a_session_carries_messages(remote, company):
    session = remote.begin_session("")
    answer = remote.process(session.ticket, message(customer_add("Ren&#233;e")))
    remote.end_session(session.ticket)

    assert session.company_file == company.company_file
    assert 'statusCode="0"' in answer
    assert remote.books()["customers"][0]["full_name"] == "Renée"


def test_refusals_come_through_as_hresults(remote):
    with pytest.raises(HResult, match="0x8004040A"):
        remote.begin_session(r"C:\other.qbw")
    with pytest.raises(HResult, match="0x8004040C"):
        remote.process("no session", message(customer_add("A")))
    session = remote.begin_session("")
    with pytest.raises(HResult, match="0x80040400"):
        remote.process(session.ticket, "<QBXML/>")
    with pytest.raises(RemoteError, match="BillAddRq"):
        remote.process(session.ticket, message("<BillAddRq/>"))


def test_a_person_acts_from_another_process(remote, company):
    txn_id = remote.act("type_invoice", customer="Ann", lines=[["SKU1", "10.00"]], number="7")
    remote.act("renumber_invoice", txn_id=txn_id, number="8")
    remote.write_file_id("{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}", "{1}")

    assert read_books(company).invoices[0].number == "8"
    assert company.store.data_ext("{57f3b9b1-86f1-4fcc-b1ee-566de1813d20}") == {"FileID": "{1}"}
    with pytest.raises(RemoteError, match="KeyError"):
        remote.act("rename_customer", name="Nobody", new_name="X")


def test_the_program_dies_at_its_kill_point_and_keeps_what_was_applied(tmp_path):
    path = tmp_path / "c.qbw"
    with (
        running_quickbooks("--company", str(path), "--crash-at", "request-applied:2") as running,
        RemoteQuickBooks(running[1]) as quickbooks,
    ):
        session = quickbooks.begin_session("")
        with pytest.raises(HResult, match="0x80040402"):
            quickbooks.process(
                session.ticket,
                message(customer_add("Ann") + customer_add("Bob") + customer_add("Carl")),
            )
        quickbooks.end_session(session.ticket)
        assert running[0].wait(10) == -9

    with Company(path) as company:
        assert [one.full_name for one in read_books(company).customers] == ["Ann", "Bob"]


def test_the_program_makes_the_company_it_is_told_to(tmp_path):
    path = tmp_path / "c.qbw"
    arguments = ("--company", str(path), "--item", "SKU9", "--vendor", "V", "--taken-number", "55")
    with (
        running_quickbooks(*arguments) as (process, url),
        RemoteQuickBooks(url) as quickbooks,
    ):
        assert quickbooks.books()["invoices"][0]["number"] == "55"
    assert process.returncode == 0


def test_what_the_server_does_not_have_is_404(remote):
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        remote.act("close_company")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        remote.act("_set", fact="country", value="CA")
