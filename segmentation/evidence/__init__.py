"""The model card: what the typing tool is worth, for people, for a head of service, for a sceptic.

Everything is computed once into one document of plain numbers (`document`), rounded and committed
beside the tool; the figures (`charts`) and the words (`card`) are made from that document alone. So
whoever has no respondents can still redraw the card, and whoever has them can check every number.

Nothing here chooses anything: what is fitted is fitted on training respondents, and every figure is
of held-out ones, or of people simulated from the factor model of training respondents.
"""
