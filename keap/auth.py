"""What a call identifies itself with: a key that stays, or a token that is renewed."""

from typing import Protocol

from keap.errors import KeapAuthRefused, KeapError


class Auth(Protocol):
    """Asked before every call."""

    def token(self) -> str:
        """The key or access token for the Authorization header. May raise KeapError."""
        ...

    def renew(self, refused: str) -> bool:
        """Keap answered 401 to this token: whether there is another one now to try once."""
        ...

    def refusal(self, refused: str, error: KeapAuthRefused) -> KeapError:
        """Keap answered 401 to this token and there is no other to try: what that means here."""
        ...


class StaticKey:
    """A service account key or a personal access token: valid until somebody deletes it."""

    def __init__(self, key: str) -> None:
        """Raises ValueError for a key that no header can carry."""
        self._key = key.strip()
        if not self._key or not all("!" <= letter <= "~" for letter in self._key):
            raise ValueError("a Keap key is one word of ASCII letters, digits and signs")

    def token(self) -> str:
        """The key."""
        return self._key

    def renew(self, refused: str) -> bool:
        """There is no other."""
        return False

    def refusal(self, refused: str, error: KeapAuthRefused) -> KeapError:
        """Just that."""
        return error
