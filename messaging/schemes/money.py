"""Pounds, pence and miles: rounding in one place, and how they are printed."""

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")


def to_the_penny(pounds: Decimal) -> Decimal:
    """A sum in whole pence, half a penny up."""
    return pounds.quantize(PENNY, ROUND_HALF_UP)


def is_whole_pence(pounds: Decimal) -> bool:
    """Whether a sum can be paid as it stands."""
    return pounds == to_the_penny(pounds)


def shared_out(pounds: Decimal, shares: int) -> tuple[Decimal, ...]:
    """A sum in equal shares that add up to it exactly; the first ones take the odd pennies.

    Args:
        pounds: in whole pence, not negative.
        shares: how many, at least one.
    """
    each, odd = divmod(int(pounds / PENNY), shares)
    return tuple((each + (number < odd)) * PENNY for number in range(shares))


def format_pence(pence: Decimal) -> str:
    """A rate as it is printed: `55p`, `62.5p`."""
    return f"{_without_trailing_noughts(pence)}p"


def format_pounds(pounds: Decimal) -> str:
    """A sum as it is printed: `£2,090`, and with its pence where there are any: `£2,090.40`."""
    exact = to_the_penny(pounds)
    return f"£{exact:,.0f}" if exact == exact.to_integral_value() else f"£{exact:,.2f}"


def format_miles(miles: Decimal) -> str:
    """Miles, or another number, as they are printed: `5`, `4.75`."""
    return _without_trailing_noughts(miles)


def _without_trailing_noughts(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
