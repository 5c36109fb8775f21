"""Every command that a document shows is one that the program takes, letter by letter."""

import pytest

from tests.docs.command_lines import command_faults
from tests.docs.documents import Document, documents, planted

DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_command_is_one_that_the_program_takes(document: Document) -> None:
    assert list(command_faults(document)) == []


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        ("qbwc-service stauts acme", "there is no command stauts"),
        ("qbwc-service connection stop acme", "there is no command stop"),
        ("qbwc-service status", "lacks NAME"),
        ("qbwc-service status acme again", "takes no more arguments than before again"),
        ("qbwc-service status acme --jsn", "No such option"),
        ("qbwc-service qwc acme", "lacks"),
        ("qbwc-service drain --wait", "requires an argument"),
        ("qbwc-service set acme colour=red", "there is no setting colour"),
        ("qbwc-service person add bea baker", "baker is none of"),
        ("QBWC_LOG_LEVEL=DEBUG /opt/qbwc/bin/qbwc-service upp", "there is no command upp"),
        ("qbwc-service backup /var/backups/qbwc-service --kep 30", "No such option"),
        ("cd /srv && qbwc-service upp > log", "there is no command upp"),
        ("sudo -u qbwc qbwc-service upp", "there is no command upp"),
        ("docker compose exec qbwc-service qbwc-service upp", "there is no command upp"),
        ("ExecStart=/opt/qbwc/bin/qbwc-service upp", "there is no command upp"),
        ('command: ["qbwc-service", "upp"]', "there is no command upp"),
        ("qbwc-service up \\\n  --no-sheduler", "No such option"),
        ("python -m qbwc_service.demo.nothing", "there is no module"),
        ("python -m tests.benchmarks --hurry", "has no --hurry"),
    ],
)
def test_a_command_that_would_be_refused_is_found(shown: str, fault: str) -> None:
    (found,) = command_faults(planted(f"```sh\n{shown}\n```"))
    assert fault in found


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("qbwc-service stauts", "there is no command stauts"),
        ("connection stop NAME", "there is no command stop"),
        ("alerts NAME --tset", "No such option"),
        ("requeue NAME", "lacks ORDER"),
        ("python -m tests.nothing", "there is no module"),
    ],
)
def test_one_inside_a_sentence_is_found(code: str, fault: str) -> None:
    (found,) = command_faults(planted(f"Press it, or `{code}` does it.\n"))
    assert fault in found


@pytest.mark.parametrize(
    "shown",
    [
        "qbwc-service set acme income_account=Sales 'tax_account=Sales Tax Payable'  # as named",
        "qbwc-service requeue acme 101 102 && qbwc-service status acme --json",
        "qbwc-service --help",
        "qbwc-service COMMAND --help",
        "systemctl restart qbwc-service now",
        "journalctl -u qbwc-service -f",
        "docker build -t qbwc-service .",
        "docker compose run --rm qbwc-service connection list",
        "qbwc-service person role bea ROLE",
        "pip install nothing",
    ],
)
def test_what_is_right_or_not_ours_is_no_fault(shown: str) -> None:
    assert list(command_faults(planted(f"```sh\n{shown}\n```\n\n`{shown}`"))) == []


def test_a_command_may_be_named_without_its_arguments_in_a_sentence() -> None:
    assert list(command_faults(planted("`connection add`, `qbwc-service status` and `hold`"))) == []
