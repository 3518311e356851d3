"""The ways out: where an approved message goes."""

from parentportal.dispatch.sender import Dispatched, run, start

__all__ = ["Dispatched", "run", "start"]
