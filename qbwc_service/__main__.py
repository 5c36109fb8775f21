"""python -m qbwc_service is the same as qbwc-service."""

from qbwc_service.cli import main

main()
