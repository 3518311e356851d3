"""The Flask application: tables, use cases, pages, sign-in and dispatch."""
