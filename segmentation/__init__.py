"""Questionnaires, scores and segments. Knows no web, no database and no letters."""
