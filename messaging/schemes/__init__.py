"""The money of a Personal Transport Budget: how much, how often, and what changes it.

A council's scheme is a setting. What a scheme works out is a `Payment`: the year's pounds to the
penny and the lines of the sum, so that nobody who prints it computes anything again.
"""
