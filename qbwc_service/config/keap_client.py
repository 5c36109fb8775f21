"""The client id for "Sign in with Keap", and its secret."""

from qbwc_service.config.reading import Reading
from qbwc_service.config.variables import KEAP_CLIENT_ID, KEAP_CLIENT_SECRET_FILE


def keap_client(reading: Reading) -> tuple[str, str]:
    """(id, secret), or two empty texts; one alone is a mistake."""
    client_id = reading.optional(KEAP_CLIENT_ID) or ""
    if reading.is_set(KEAP_CLIENT_ID) and not reading.is_set(KEAP_CLIENT_SECRET_FILE):
        reason = f"{KEAP_CLIENT_ID.name} is set, so this must name the file with its secret"
        reading.fault(KEAP_CLIENT_SECRET_FILE, reason)
    if reading.is_set(KEAP_CLIENT_SECRET_FILE) and not reading.is_set(KEAP_CLIENT_ID):
        reason = f"{KEAP_CLIENT_SECRET_FILE.name} is set, so this must be its client id"
        reading.fault(KEAP_CLIENT_ID, reason)
    secret = reading.words_in(KEAP_CLIENT_SECRET_FILE, "the client secret")
    if not secret.isascii() or len(secret.split()) > 1:
        path = reading.text(KEAP_CLIENT_SECRET_FILE)
        reason = f"{path} must hold the client secret and nothing else"
        reading.fault(KEAP_CLIENT_SECRET_FILE, reason)
    return client_id, secret
