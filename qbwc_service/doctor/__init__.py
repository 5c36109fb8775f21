"""What keeps the Web Connector from working with this service, seen from outside.

    finding      one thing that was looked at
    examination  all checks, in the order in which the Web Connector meets them
    line         name, port and certificate
    pages        what the Web Connector reads with GET
    calls        what it calls, and the password

Does what the Web Connector does when a .qwc file is added and run. Best run on the QuickBooks
computer, or on another that is not behind the same proxy.
"""

from qbwc_service.doctor.examination import Target, examine
from qbwc_service.doctor.finding import Finding, Health

__all__ = ["Finding", "Health", "Target", "examine"]
