"""The Web Connector's side: its SOAP contract, the update session and its phases."""
