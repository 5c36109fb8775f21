"""Passwords, tickets and Keap keys: made, hashed and encrypted here and nowhere else."""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

import argon2
from cryptography.fernet import Fernet, InvalidToken


class SecretUnreadable(Exception):
    """A stored secret was encrypted under another key than the one in use now."""

    def __init__(self) -> None:
        super().__init__(
            "A stored key cannot be decrypted: the secret key file is not the one it was saved "
            "with. Put the old file back, or enter the Keap key again."
        )


class KeysUnusable(Exception):
    """The text or file of keys does not hold what it should; `reason` says what to write."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def read_keys(text: str) -> tuple[bytes, ...]:
    """Keys of 64 hexadecimal digits each, one a line or comma separated; the first is current.

    Raises KeysUnusable.
    """
    words = text.replace(",", "\n").split()
    try:
        keys = tuple(bytes.fromhex(word) for word in words)
    except ValueError:
        keys = ()
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise KeysUnusable("it must hold 64 hexadecimal digits, or several such lines")
    return tuple(dict.fromkeys(keys))


_KEY_BYTES = 32


class _Key:
    """What is derived from one service key. One purpose, one derived key."""

    def __init__(self, service_key: bytes) -> None:
        self.password = self._derive(service_key, b"web connector password")
        self.fernet = Fernet(
            base64.urlsafe_b64encode(self._derive(service_key, b"secrets at rest"))
        )
        self.cookie = self._derive(service_key, b"admin cookies")
        self.id = self._derive(service_key, b"name of the key").hex()[:16]

    @staticmethod
    def _derive(service_key: bytes, purpose: bytes) -> bytes:
        return hmac.digest(service_key, purpose, "sha256")

    def digest(self, password: str) -> str:
        return hmac.new(self.password, password.encode(), hashlib.sha256).hexdigest()


class Secrecy:
    """Everything that needs the service key: the current one makes, the older ones still open.

    With `key_file` the keys are read from it anew whenever it was changed, so that a running
    service knows a new key at once.
    """

    def __init__(
        self, service_key: bytes, *older_keys: bytes, key_file: Path | None = None
    ) -> None:
        self._file = key_file
        #: none seen yet: what was handed in may be older than the file is by now
        self._file_state: tuple[int, int, int] | None = None
        self._known = [_Key(key) for key in (service_key, *older_keys)]

    @property
    def cookie_key(self) -> bytes:
        """Signs the admin's cookies."""
        return self._keys()[0].cookie

    @property
    def older_cookie_keys(self) -> list[bytes]:
        """Signed cookies that are still good."""
        return [key.cookie for key in self._keys()[1:]]

    @property
    def key_id(self) -> str:
        """Names the current key without telling anything of it."""
        return self._keys()[0].id

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The current key's, then those of the older ones."""
        return tuple(key.id for key in self._keys())

    def key_of(self, stored: str) -> str:
        """Which key made it; "" where it is none of ours."""
        try:
            return self.key_ids[self._opened(stored)[1]]
        except SecretUnreadable:
            return ""

    def password_digest(self, password: str) -> str:
        """What is stored of a Web Connector password: we made it, so it has 128 random bits."""
        return self._keys()[0].digest(password)

    def password_matches(self, password: str, digest: str) -> bool:
        """Under any of the keys; which one it was takes no longer or shorter."""
        found = [hmac.compare_digest(key.digest(password), digest) for key in self._keys()]
        return any(found)

    def encrypt(self, secret: str) -> str:
        return self._keys()[0].fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Raises SecretUnreadable when it belongs to none of the keys."""
        return self._opened(stored)[0]

    def is_current(self, stored: str) -> bool:
        """Whether the current key made it. Raises SecretUnreadable when none did."""
        return self._opened(stored)[1] == 0

    def _opened(self, stored: str) -> tuple[str, int]:
        for place, key in enumerate(self._keys()):
            try:
                return key.fernet.decrypt(stored.encode()).decode(), place
            except InvalidToken:
                continue
        raise SecretUnreadable

    def _keys(self) -> list[_Key]:
        state = _state_of(self._file)
        if self._file is not None and state is not None and state != self._file_state:
            try:
                keys = read_keys(self._file.read_text(encoding="ascii"))
            except (OSError, ValueError, KeysUnusable):
                # Somebody is at work on it: what was good so far stays good.
                return self._known
            self._known, self._file_state = [_Key(key) for key in keys], state
        return self._known


def _state_of(path: Path | None) -> tuple[int, int, int] | None:
    """Changes whenever the file does; None for no file."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None


def new_password() -> str:
    """128 random bits to be read out on the telephone: lower-case base32 in groups of four."""
    text = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def new_ticket() -> str:
    """128 random bits, the only key to an update session."""
    return secrets.token_hex(16)


def ticket_digest(ticket: str) -> str:
    """What is stored of a ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def new_link_secret() -> str:
    """192 random bits for a link that opens something once."""
    return secrets.token_urlsafe(24)


def link_digest(secret: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


# OWASP's small profile (19 MiB, t=2, p=1): about 25 ms, so that log-ins cannot stall the service.
_people = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def person_password_hash(password: str) -> str:
    """What is stored of a password that a person chose."""
    return _people.hash(password)


def person_password_matches(password: str, stored: str) -> bool:
    try:
        return _people.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
