"""The service's secret keys, and the file that they are in."""

import os
import secrets
from pathlib import Path

from qbwc_service.config.faults import ConfigError
from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import SECRET_KEY, SECRET_KEY_FILE, default_key_file
from qbwc_service.secrecy import KeysUnusable, read_keys


def secret_keys(reading: Reading) -> tuple[tuple[bytes, ...], Path | None]:
    """The keys and their file; no keys where the first start has yet to make the default file."""
    named = reading.optional(SECRET_KEY_FILE)
    if reading.is_set(SECRET_KEY):
        if named is not None:
            reading.fault(SECRET_KEY, f"{SECRET_KEY_FILE.name} is set too; keep one")
        return reading.optional(SECRET_KEY) or (), None
    path = named or default_key_file()
    if _is_missing(path):
        if named is not None:
            # Never made here: a typing error would silently lock away all that is stored.
            reason = f"{path} does not exist; make it once: openssl rand -hex 32 > {path}"
            reading.fault(SECRET_KEY_FILE, reason)
        return (), path
    try:
        return _keys_in(path), path
    except ConfigError as error:
        reading.fault(SECRET_KEY_FILE, error.reason)
        return (), path


def first_keys(path: Path) -> tuple[bytes, ...]:
    """Of a file that is made here unless another process was quicker. Raises ConfigError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_key_file(path)
    return _keys_in(path)


def make_key_file(path: Path) -> None:
    """Write a fresh key, readable by its owner only; an existing file is left as it is."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def _is_missing(path: Path) -> bool:
    """False where it cannot be seen: reading it tells why."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _keys_in(path: Path) -> tuple[bytes, ...]:
    try:
        return read_keys(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        reason = f"{path} cannot be read as 64 hexadecimal digits ({error})"
        raise ConfigError(SECRET_KEY_FILE.name, reason) from error
    except KeysUnusable as error:
        raise ConfigError(SECRET_KEY_FILE.name, f"{path}: {error.reason}") from None
