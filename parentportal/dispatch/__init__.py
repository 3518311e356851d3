"""The ways out: where an approved message goes."""

from parentportal.dispatch.sender import Dispatched, Worker, run

__all__ = ["Dispatched", "Worker", "run"]
