"""The token that opens /metrics."""

from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import METRICS_TOKEN_FILE

#: nobody guesses one of so many characters
_SHORTEST = 20


def metrics_token(reading: Reading) -> str:
    """What the file holds; "" where none is named."""
    token = reading.words_in(METRICS_TOKEN_FILE, "the token")
    if token and (len(token) < _SHORTEST or len(token.split()) != 1 or not token.isascii()):
        path = reading.text(METRICS_TOKEN_FILE)
        reason = (
            f"{path} must hold one word of {_SHORTEST} characters or more; "
            f"make it once: openssl rand -hex 32 > {path}"
        )
        reading.fault(METRICS_TOKEN_FILE, reason)
    return token
