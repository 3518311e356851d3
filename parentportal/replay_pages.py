def answer_through_pages(*a, **k): raise NotImplementedError
