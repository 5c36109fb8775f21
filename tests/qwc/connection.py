"""Builder: the file of one connection, good unless a test says otherwise."""

from dataclasses import replace

from qwc import QwcFile

GOOD = QwcFile(
    app_name="Keap Orders",
    app_url="https://sync.example.com/qbwc/acme",
    app_description="Sends Keap orders to QuickBooks",
    app_support="https://sync.example.com/support/acme",
    app_unique_name="KeapOrders-acme",
    cert_url="https://sync.example.com/healthz",
    user_name="acme-7f3c",
    owner_id="{5b1d2d4e-1f0a-4c7e-9d3b-0a1b2c3d4e5f}",
    file_id="{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}",
    run_every_minutes=5,
)


def qwc_file(**changes: object) -> QwcFile:
    return replace(GOOD, **changes)
