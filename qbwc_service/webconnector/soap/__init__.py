"""The Web Connector's SOAP 1.1 contract over HTTP: an adapter in front of WebConnectorService."""

from qbwc_service.webconnector.soap.endpoint import MOUNT, create_endpoint

__all__ = ["MOUNT", "create_endpoint"]
