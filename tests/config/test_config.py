"""What the environment tells the service, and what it answers to what it cannot use."""

import os
import re
import stat
from pathlib import Path

import pytest

from qbwc_service.config import Config, ConfigError, make_key_file
from qbwc_service.database_engines import ServerLimits
from qbwc_service.mail_server import MailServer, Security
from tests.config.conftest import KEY


def read(key_file: Path, **variables: str) -> Config:
    return Config.from_environment({"QBWC_SECRET_KEY_FILE": str(key_file)} | variables)


def test_every_variable_is_read(key_file: Path) -> None:
    config = read(
        key_file,
        QBWC_DATABASE_URL="sqlite:////srv/service.db",
        QBWC_PUBLIC_URL="https://sync.example.com/books/",
        KEAP_API_URL="https://keap.example.com/crm/",
        QBWC_LOG_LEVEL="debug",
        QBWC_TRUSTED_PROXIES="2",
        QBWC_ADMIN_PASSWORD_FILE="/run/secrets/admin",
        KEAP_CALLS_PER_SECOND="0.5",
        QBWC_DATABASE_POOL="20",
        QBWC_DATABASE_POOL_EXTRA="0",
        QBWC_DATABASE_STATEMENT_SECONDS="0",
    )
    assert config == Config(
        database_url="sqlite:////srv/service.db",
        public_url="https://sync.example.com/books",
        keap_api_url="https://keap.example.com/crm",
        log_level="DEBUG",
        secret_key=bytes.fromhex(KEY),
        secret_key_file=key_file,
        trusted_proxies=2,
        admin_password_file=Path("/run/secrets/admin"),
        keap_calls_per_second=0.5,
        database_limits=ServerLimits(pool_size=20, overflow=0, statement_seconds=0),
    )


EMPTY = dict.fromkeys(
    (
        "QBWC_DATABASE_URL",
        "QBWC_DATABASE_POOL",
        "QBWC_DATABASE_POOL_EXTRA",
        "QBWC_DATABASE_STATEMENT_SECONDS",
        "QBWC_PUBLIC_URL",
        "KEAP_API_URL",
        "KEAP_CALLS_PER_SECOND",
        "QBWC_LOG_LEVEL",
        "QBWC_TRUSTED_PROXIES",
        "QBWC_ADMIN_PASSWORD_FILE",
        "QBWC_SECRET_KEY",
        "QBWC_METRICS_TOKEN_FILE",
        "KEAP_CLIENT_ID",
        "KEAP_CLIENT_SECRET_FILE",
        "KEAP_TOKEN_URL",
        "KEAP_AUTHORIZE_URL",
    ),
    "",
)


@pytest.mark.parametrize("variables", [{}, EMPTY], ids=["unset", "empty"])
def test_without_variables_everything_has_a_default(
    key_file: Path, tmp_path: Path, variables: dict[str, str]
) -> None:
    folder = tmp_path / "user_data_dir" / "qbwc-service"
    assert read(key_file, **variables) == Config(
        database_url=f"sqlite:///{folder / 'service.db'}",
        public_url="http://localhost:8000",
        keap_api_url="https://api.keap.com/crm",
        log_level="INFO",
        secret_key=bytes.fromhex(KEY),
        secret_key_file=key_file,
    )
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_process_environment_is_read_where_none_is_given(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_SECRET_KEY_FILE", str(key_file))
    monkeypatch.setenv("QBWC_LOG_LEVEL", "ERROR")
    assert Config.from_environment().log_level == "ERROR"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_may_be_written_in_three_ways(key_file: Path, scheme: str) -> None:
    config = read(key_file, QBWC_DATABASE_URL=f"{scheme}://me@db.example.com/qbwc")
    assert config.database_url == "postgresql+psycopg://me@db.example.com/qbwc"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("QBWC_DATABASE_URL", "mysql://db.example.com/x", "write sqlite:////path/to/service.db"),
        ("QBWC_DATABASE_URL", "service.db", "write sqlite:////path/to/service.db"),
        ("QBWC_DATABASE_POOL", "0", "write a whole number from 1 to 500"),
        ("QBWC_DATABASE_POOL", "many", "write a whole number from 1 to 500"),
        ("QBWC_DATABASE_POOL_EXTRA", "501", "write a whole number from 0 to 500"),
        ("QBWC_DATABASE_STATEMENT_SECONDS", "-1", "write a whole number from 0 to 86400"),
        ("QBWC_PUBLIC_URL", "sync.example.com", "is not a web address like http://localhost:8000"),
        ("QBWC_PUBLIC_URL", "https://", "is not a web address"),
        ("QBWC_PUBLIC_URL", "https://[", "is not a web address"),
        ("QBWC_PUBLIC_URL", "https://sync.example.com/?a=b", "is not a web address"),
        ("QBWC_PUBLIC_URL", "http://sync.example.com", "write https:// in place of http://"),
        ("QBWC_PUBLIC_URL", "http://10.0.0.7:8000", "write https:// in place of http://"),
        ("QBWC_PUBLIC_URL", "http://127.0.0.1:8000", "http:// for the name localhost alone"),
        ("KEAP_API_URL", "ftp://keap.example.com", "like https://api.keap.com/crm"),
        ("KEAP_TOKEN_URL", "keap", "like https://api.infusionsoft.com/token"),
        ("KEAP_AUTHORIZE_URL", "keap", "like https://accounts.infusionsoft.com/app/oauth/"),
        ("KEAP_CALLS_PER_SECOND", "fast", "write a number from 0.1 to 25"),
        ("KEAP_CALLS_PER_SECOND", "0.05", "or 0 for no pace of our own"),
        ("KEAP_CALLS_PER_SECOND", "26", "write a number from 0.1 to 25"),
        ("KEAP_CALLS_PER_SECOND", "nan", "write a number from 0.1 to 25"),
        ("QBWC_LOG_LEVEL", "LOUD", "write DEBUG, INFO, WARNING or ERROR"),
        ("QBWC_TRUSTED_PROXIES", "all", "0 to 10"),
        ("QBWC_TRUSTED_PROXIES", "11", "0 to 10"),
        ("QBWC_TRUSTED_PROXIES", "-1", "0 to 10"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_can(
    key_file: Path, variable: str, value: str, reason: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(key_file, **{variable: value})
    assert refused.value.variable == variable
    assert reason in refused.value.reason
    assert str(refused.value) == f"{variable} in the environment: {refused.value.reason}"


def test_addresses_are_made_from_the_public_url_alone(key_file: Path) -> None:
    config = read(key_file, QBWC_PUBLIC_URL="https://sync.example.com/books/")
    assert config.address("/qbwc/acme") == "https://sync.example.com/books/qbwc/acme"


def test_localhost_needs_no_certificate(key_file: Path) -> None:
    read_one = read(key_file, QBWC_PUBLIC_URL="http://localhost:8000")
    assert read_one.public_url == "http://localhost:8000"


def test_the_secret_key_is_never_shown(key_file: Path) -> None:
    assert repr(bytes.fromhex(KEY)) not in repr(read(key_file))


# -- the key file ----------------------------------------------------------------------------------


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    first = Config.from_environment({})
    path = tmp_path / "user_config_dir" / "qbwc-service" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(first.secret_key) == 32
    assert Config.from_environment({}).secret_key == first.secret_key


def test_a_key_that_is_there_is_never_written_over(key_file: Path) -> None:
    make_key_file(key_file)
    assert key_file.read_text(encoding="ascii") == KEY + "\n"


def test_older_keys_stand_below_the_first(key_file: Path) -> None:
    older = "cd" * 32
    key_file.write_text(f"{KEY}\n{older}\n", encoding="ascii")
    config = read(key_file)
    assert config.secret_key == bytes.fromhex(KEY)
    assert config.older_secret_keys == (bytes.fromhex(older),)
    assert repr(bytes.fromhex(older)) not in repr(config)


def test_the_keys_may_stand_in_the_environment() -> None:
    config = Config.from_environment({"QBWC_SECRET_KEY": f"{KEY}, {'cd' * 32}"})
    assert config.secret_key == bytes.fromhex(KEY)
    assert config.older_secret_keys == (bytes.fromhex("cd" * 32),)
    assert config.secret_key_file is None


@pytest.mark.parametrize("text", ["zz", KEY[:-1], f"{KEY},x", ","])
def test_keys_in_the_environment_that_are_none_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(
        ConfigError, match=r"QBWC_SECRET_KEY in .*: .*64 hexadecimal digits"
    ) as refused:
        Config.from_environment({"QBWC_SECRET_KEY": text})
    assert KEY[:-1] not in str(refused.value)


def test_two_places_for_the_keys_are_one_too_many(key_file: Path) -> None:
    with pytest.raises(ConfigError, match="keep one"):
        read(key_file, QBWC_SECRET_KEY=KEY)


# -- sign in with Keap -----------------------------------------------------------------------------


def test_the_client_id_and_its_secret_are_read_and_never_shown(
    key_file: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "client"
    secret.write_text("cl1ent-secret\n", encoding="ascii")
    config = read(key_file, KEAP_CLIENT_ID=" abc ", KEAP_CLIENT_SECRET_FILE=str(secret))
    assert (config.keap_client_id, config.keap_client_secret) == ("abc", "cl1ent-secret")
    assert config.keap_redirect_uri == "http://localhost:8000/keap/callback"
    assert "cl1ent-secret" not in repr(config)


def test_one_of_the_two_alone_is_a_mistake(key_file: Path) -> None:
    with pytest.raises(ConfigError, match="KEAP_CLIENT_SECRET_FILE: KEAP_CLIENT_ID is set"):
        read(key_file, KEAP_CLIENT_ID="abc")
    with pytest.raises(ConfigError, match="KEAP_CLIENT_ID: KEAP_CLIENT_SECRET_FILE is set"):
        read(key_file, KEAP_CLIENT_SECRET_FILE=str(key_file))


@pytest.mark.parametrize("content", [None, b"", b"two words", b"\xff"])
def test_a_file_without_a_client_secret_is_refused(
    key_file: Path, tmp_path: Path, content: bytes | None
) -> None:
    secret = tmp_path / "client"
    if content is not None:
        secret.write_bytes(content)
    with pytest.raises(ConfigError, match="KEAP_CLIENT_SECRET_FILE"):
        read(key_file, KEAP_CLIENT_ID="abc", KEAP_CLIENT_SECRET_FILE=str(secret))


def test_two_keys_are_never_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_key_file(tmp_path / name)
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    "content", [b"", b"zz" * 32, b"ab" * 31, b"ab" * 33, "é".encode(), b"ab" * 31 + b"a"]
)
def test_a_file_that_holds_no_key_is_refused(key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"QBWC_SECRET_KEY_FILE in .*: .*64 hexadecimal digits"):
        read(key_file)


def test_a_key_file_that_is_named_but_missing_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "missing.key"
    with pytest.raises(ConfigError, match="QBWC_SECRET_KEY_FILE"):
        read(missing)
    assert not os.path.lexists(missing)


def mail(tmp_path: Path, **changes: str) -> dict[str, str]:
    """A mail server as it should be written, with changes."""
    password = tmp_path / "smtp.password"
    password.write_text("opensesame\n", encoding="utf-8")
    usual = {
        "QBWC_SMTP_HOST": "mail.example.com",
        "QBWC_SMTP_USER": "olga",
        "QBWC_SMTP_PASSWORD_FILE": str(password),
        "QBWC_SMTP_FROM": "sync@example.com",
    }
    return usual | {f"QBWC_SMTP_{name}": text for name, text in changes.items()}


def test_a_mail_server_is_read_and_its_password_is_not_shown(
    key_file: Path, tmp_path: Path
) -> None:
    config = read(
        key_file,
        **mail(tmp_path),
        QBWC_OPERATOR_EMAILS="olga@example.com, otto@example.com",
        QBWC_WEBHOOK_PRIVATE_HOSTS="Chat.inside, 10.0.0.7",
    )
    assert config.mail_server == MailServer(
        *("mail.example.com", 587, Security.STARTTLS, "sync@example.com", "olga", "opensesame")
    )
    assert "opensesame" not in repr(config)
    assert config.operator_addresses == ("olga@example.com", "otto@example.com")
    assert config.private_webhook_hosts == {"chat.inside", "10.0.0.7"}


@pytest.mark.parametrize(
    ("security", "port"), [("starttls", 587), ("TLS", 465), ("none", 25), ("", 587)]
)
def test_the_port_follows_from_the_security(
    key_file: Path, tmp_path: Path, security: str, port: int
) -> None:
    there = mail(tmp_path, HOST="localhost", SECURITY=security)
    server = read(key_file, **there).mail_server
    assert server is not None
    assert server.port == port


def test_without_a_mail_server_nothing_else_has_to_be_set(key_file: Path) -> None:
    config = read(key_file)
    assert (config.mail_server, config.operator_addresses) == (None, ())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"HOST": "https://mail"},
            "QBWC_SMTP_HOST in the environment: write the name of a mail server alone",
        ),
        (
            {"HOST": ""},
            "QBWC_SMTP_HOST: QBWC_SMTP_USER is set, so this must name the mail server",
        ),
        ({"PORT": "0"}, "QBWC_SMTP_PORT in the environment: write a whole number from 1 to 65535"),
        (
            {"PORT": "25x"},
            "QBWC_SMTP_PORT in the environment: write a whole number from 1 to 65535",
        ),
        ({"SECURITY": "ssl"}, "QBWC_SMTP_SECURITY in the environment: write starttls, tls or none"),
        (
            {"SECURITY": "none"},
            (
                "QBWC_SMTP_SECURITY in the environment: the password would travel in clear; "
                "write starttls or tls"
            ),
        ),
        (
            {"FROM": ""},
            "QBWC_SMTP_FROM: write the address that alerts come from, like sync@example.com",
        ),
        (
            {"PASSWORD_FILE": ""},
            "QBWC_SMTP_PASSWORD_FILE: QBWC_SMTP_USER is set, so this must be set too",
        ),
        ({"USER": ""}, "QBWC_SMTP_USER: QBWC_SMTP_PASSWORD_FILE is set, so this must be set too"),
        (
            {"PASSWORD_FILE": "/nowhere/at/all"},
            (
                "QBWC_SMTP_PASSWORD_FILE in the environment: /nowhere/at/all cannot be read "
                "(No such file or directory)"
            ),
        ),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused(
    key_file: Path, tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(key_file, **mail(tmp_path, **changes))
    assert str(refused.value) == sentence


def test_a_password_file_of_several_lines_is_refused(key_file: Path, tmp_path: Path) -> None:
    written = mail(tmp_path)
    Path(written["QBWC_SMTP_PASSWORD_FILE"]).write_text("one\ntwo\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="must hold the password and nothing else"):
        read(key_file, **written)


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("QBWC_OPERATOR_EMAILS", "olga", "'olga' is not an e-mail address like a@example.com"),
        (
            "QBWC_WEBHOOK_PRIVATE_HOSTS",
            "http://x",
            "write names of hosts alone, with commas between",
        ),
    ],
)
def test_other_variables_of_alerts_that_cannot_be_used(
    key_file: Path, variable: str, text: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(key_file, **{variable: text})
    assert str(refused.value) == f"{variable} in the environment: {sentence}"


def test_the_token_for_the_metrics_is_what_its_file_holds(key_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "metrics.token"
    file.write_text("a-token-that-nobody-guesses\n")
    config = read(key_file, QBWC_METRICS_TOKEN_FILE=str(file))
    assert config.metrics_token == "a-token-that-nobody-guesses"
    assert "nobody-guesses" not in repr(config)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "must hold the token and nothing else"),
        ("nineteen-characters", "must hold one word of 20 characters or more"),
        ("two words of more than twenty characters", "must hold one word"),
        ("\u00e4" * 30, "must hold one word"),
    ],
)
def test_a_token_file_that_guards_nothing_is_refused(
    key_file: Path, tmp_path: Path, text: str | None, reason: str
) -> None:
    file = tmp_path / "metrics.token"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(reason)) as refused:
        read(key_file, QBWC_METRICS_TOKEN_FILE=str(file))
    assert refused.value.variable == "QBWC_METRICS_TOKEN_FILE"
