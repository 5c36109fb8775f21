"""Passwords, tickets and Keap keys: made, hashed and encrypted here and nowhere else."""

import base64
import hashlib
import hmac
import secrets

import argon2
from cryptography.fernet import Fernet, InvalidToken


class SecretUnreadable(Exception):
    """A stored secret was encrypted under another key than the one in use now."""

    def __init__(self) -> None:
        super().__init__(
            "A stored key cannot be decrypted: the secret key file is not the one it was saved "
            "with. Put the old file back, or enter the Keap key again."
        )


class Secrecy:
    """Everything that needs the service key. One purpose, one derived key."""

    def __init__(self, service_key: bytes) -> None:
        self._password_key = self._derive(service_key, b"web connector password")
        self._fernet = Fernet(
            base64.urlsafe_b64encode(self._derive(service_key, b"secrets at rest"))
        )
        #: signs the admin's cookies
        self.cookie_key = self._derive(service_key, b"admin cookies")

    @staticmethod
    def _derive(service_key: bytes, purpose: bytes) -> bytes:
        return hmac.digest(service_key, purpose, "sha256")

    def password_digest(self, password: str) -> str:
        """What is stored of a Web Connector password: we made it, so it has 128 random bits."""
        return hmac.new(self._password_key, password.encode(), hashlib.sha256).hexdigest()

    def password_matches(self, password: str, digest: str) -> bool:
        return hmac.compare_digest(self.password_digest(password), digest)

    def encrypt(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, stored: str) -> str:
        """Raises SecretUnreadable when the service key is another one."""
        try:
            return self._fernet.decrypt(stored.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error


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
