"""The ways out: where an approved message goes."""

from parentportal.dispatch.sender import Dispatched, run, start, take_back

__all__ = ["Dispatched", "run", "start", "take_back"]
