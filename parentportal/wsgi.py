"""For a WSGI server: ``parentportal.wsgi:app``, set up from the environment."""

from parentportal.app import create_app
from parentportal.config import Settings

app = create_app(Settings.from_environment())
