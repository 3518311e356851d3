"""One use case, one function; none commits, and none knows the web."""
