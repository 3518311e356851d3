"""What the service costs, measured beside a floor in the same run: ``script/bench``."""
