"""Why an amount cannot be worked out."""


class WorkingOutRefused(ValueError):
    """There is no amount for this journey, or none on that day.

    Attributes:
        code: why: `age-needed`, `beyond-the-bands`, `measured-otherwise`, `rate-not-begun`,
            `rate-has-ended`, `terms-not-set`.
        params: what is concerned, for the words.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(" ".join((code, *params.values())))
