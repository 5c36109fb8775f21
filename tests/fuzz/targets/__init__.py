"""All targets, by name; a module is imported only when its target is wanted."""

from importlib import import_module

from tests.fuzz.target import Target

ABOUT = {
    "soap": "the SOAP endpoint as a WSGI application",
    "session": "answers of QuickBooks into a live session",
    "qbxml": "qbXML answers, HCP text, HRESULTs",
    "keap_answers": "Keap's answers, as the client reads them",
    "keap_reading": "Keap's answers, read into the ledger and planned",
    "admin": "the admin, the support page, the OAuth callback",
    "files": "product tables, rule files, .qwc files",
    "typed": "what people type, and texts that are shown or written",
}


def target_named(name: str) -> Target:
    target: Target = import_module(f"tests.fuzz.targets.{name}").TARGET
    return target
