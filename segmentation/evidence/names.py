"""What facets and attitudes are called in the model card."""

from typing import Final

FACET_NAMES: Final = {
    "ipcrtiv": "new ideas",
    "imprich": "wealth",
    "ipeqopt": "equal chances",
    "ipshabt": "showing abilities",
    "impsafe": "safe surroundings",
    "impdiff": "trying new things",
    "ipfrule": "following rules",
    "ipudrst": "understanding others",
    "ipmodst": "modesty",
    "ipgdtim": "a good time",
    "impfree": "own decisions",
    "iphlppl": "helping others",
    "ipsuces": "success",
    "ipstrgv": "a strong state",
    "ipadvnt": "adventure",
    "ipbhprp": "proper behaviour",
    "iprspot": "respect",
    "iplylfr": "loyalty",
    "impenv": "nature",
    "imptrad": "customs",
    "impfun": "fun",
}

ATTITUDE_NAMES: Final = {
    "ppltrst": "most people can be trusted",
    "trstplt": "trust in politicians",
    "imwbcnt": "immigrants make the country better",
    "lrscale": "left (0) to right (10)",
    "gincdif": "against reducing income gaps",
    "happy": "happy",
}
