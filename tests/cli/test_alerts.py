"""alerts NAME: what people were told, and a test."""

import pytest

from tests.alerts.receivers import mail_sink
from tests.cli.conftest import Shell


@pytest.mark.usefixtures("acme")
def test_a_test_is_sent_at_once_and_listed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_sink() as sink:
        monkeypatch.setenv("QBWC_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("QBWC_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("QBWC_SMTP_SECURITY", "none")
        monkeypatch.setenv("QBWC_SMTP_FROM", "sync@example.com")
        assert shell("set", "acme", "alert_emails=bea@example.com").code == 0
        assert shell("alerts", "acme").out == "Nobody was told anything.\n"
        sent = shell("alerts", "acme", "--test", "--json").document
        assert sink.subjects() == ["[acme] This is a test"]
    assert [(each["address"], each["state"], each["problem"]) for each in sent] == [
        ("bea@example.com", "sent", "")
    ]
    heading, line = shell("alerts", "acme").out.splitlines()
    assert heading == "When\tAbout\tWhat\tWho\tState\tProblem"
    assert line.split("\t")[1:] == ["test", "This is a test", "bea@example.com", "sent", ""]


@pytest.mark.usefixtures("acme")
def test_without_anybody_to_tell_it_says_what_to_do(shell: Shell) -> None:
    refused = shell("alerts", "acme", "--test")
    assert refused.code != 0
    assert 'Nobody is told: "qbwc-service set acme alert_emails=..." first.' in refused.err
    shell("set", "acme", "alert_emails=bea@example.com")
    assert "QBWC_SMTP_HOST" in shell("alerts", "acme", "--test").err


@pytest.mark.usefixtures("acme")
def test_a_signing_key_is_printed_once_and_another_the_next_time(shell: Shell) -> None:
    made = [shell("alerts", "acme", "--new-signing-key") for _ in range(2)]
    assert [(each.code, each.err) for each in made] == [(0, ""), (0, "")]
    first, second = (each.out for each in made)
    assert first != second
    assert len(first.strip()) > 25
