"""Simulated Keap, QuickBooks company and Web Connector: real programs on real sockets."""
