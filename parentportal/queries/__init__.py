"""Every select a page needs, with what it loads stated."""
