"""The metrics by name, and what each means. docs/operator.md has them too; a test compares."""

from enum import Enum
from typing import Literal


class Metric(Enum):
    """In the order in which they are shown."""

    BUILD = "qbwc_build_info"
    CONNECTIONS = "qbwc_connections"
    PAUSED = "qbwc_connection_paused"
    BLOCKED = "qbwc_connection_write_blocked"
    ORDERS = "qbwc_orders"
    OLDEST = "qbwc_oldest_waiting_order_age_seconds"
    PAYMENTS = "qbwc_payments"
    POSTINGS = "qbwc_postings"
    UPDATES = "qbwc_customer_updates_waiting"
    CONTACT = "qbwc_web_connector_last_contact_timestamp_seconds"
    READING = "qbwc_keap_last_reading_timestamp_seconds"
    READER = "qbwc_keap_reader_alive"
    CALLS_USED = "qbwc_keap_calls_used_today"
    CALLS_LEFT = "qbwc_keap_calls_left_today"
    SESSIONS_BEGUN = "qbwc_sessions_begun_total"
    SESSIONS_OPEN = "qbwc_sessions_open"
    ROUND_TRIPS = "qbwc_message_sets_total"
    UNRESOLVED = "qbwc_message_sets_unresolved"
    ERRORS = "qbwc_errors_open"
    ALERTS = "qbwc_alert_deliveries_waiting"
    DRAINING = "qbwc_draining"
    DATABASE = "qbwc_database_size_bytes"
    COLLECTED_IN = "qbwc_collection_seconds"
    CPU = "process_cpu_seconds_total"
    MEMORY = "process_resident_memory_bytes"
    STARTED = "process_start_time_seconds"

    @property
    def kind(self) -> Literal["counter", "gauge"]:
        """As the ending of the name says."""
        return "counter" if self.value.endswith("_total") else "gauge"

    @property
    def meaning(self) -> str:
        """One line."""
        return _MEANINGS[self]


_MEANINGS = {
    Metric.BUILD: "1; the version of the service, its Python and its kind of database",
    Metric.CONNECTIONS: "Connections that there are",
    Metric.PAUSED: "1 while the connection is paused or not switched on yet, else 0",
    Metric.BLOCKED: "1 while nothing is sent until a person decides, else 0; the label says why",
    Metric.ORDERS: "Orders read from Keap, by status; 0 is left out",
    Metric.OLDEST: "Seconds since the order that waits with the smallest number was read",
    Metric.PAYMENTS: "Payments and refunds read from Keap, by status; 0 is left out",
    Metric.POSTINGS: "Records of orders to be made in QuickBooks, by kind and state; 0 is left out",
    Metric.UPDATES: "Updates of customers that wait to be sent; 0 is left out",
    Metric.CONTACT: "When the Web Connector called last, to within a minute; absent: never",
    Metric.READING: "When Keap was read completely last; absent: never",
    Metric.READER: "1 while some process looks for what is to be read from Keap, else 0",
    Metric.CALLS_USED: "Calls to Keap on this day (UTC) under the key or client id in use",
    Metric.CALLS_LEFT: "Calls that Keap says are left on this day (UTC); absent: it has not told",
    Metric.SESSIONS_BEGUN: "Updates of the Web Connector that ever began",
    Metric.SESSIONS_OPEN: "Updates of the Web Connector that are at work; 0 is left out",
    Metric.ROUND_TRIPS: "Messages to QuickBooks that were ever prepared",
    Metric.UNRESOLVED: "Messages sent to write whose outcome is not known; 0 is left out",
    Metric.ERRORS: "Open entries of the error log, by message; 0 is left out",
    Metric.ALERTS: "Alerts that were written and not delivered yet",
    Metric.DRAINING: "1 while no new update begins, else 0",
    Metric.DATABASE: "Size of the database",
    Metric.COLLECTED_IN: "How long it took to read these figures from the database",
    Metric.CPU: "Processor time that this process has used",
    Metric.MEMORY: "Memory that this process holds",
    Metric.STARTED: "When this process began",
}
