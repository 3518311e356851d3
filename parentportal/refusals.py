"""What the service says no to: each with a code; :mod:`parentportal.errors` has the words."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Base of every refusal of an operation.

    Attributes:
        code: what it is called in logs and tests.
        params: what its words may name; never a secret, and no personal details.
    """

    code: ClassVar[str]

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params


class NotAllowed(Refusal):
    """This role may not do this."""

    code = "not-allowed"


class NotThere(Refusal):
    """No such thing, or not yours to see: the two are answered alike."""

    code = "not-there"
