"""Campaigns, copy, layout, channels and invitations. Knows no web, no database and no scores."""
