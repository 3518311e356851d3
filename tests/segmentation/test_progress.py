from io import StringIO

from segmentation.progress import bar


class Terminal(StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_bar_grows_and_is_cleared_away():
    terminal = Terminal()
    with bar("playing", terminal) as progress:
        progress(1, 4)
        progress(4, 4)
    drawn = terminal.getvalue()
    assert drawn.index("25%") < drawn.index("100%")
    assert drawn.endswith("\r\x1b[K")


def test_a_percentage_is_drawn_once_however_many_steps_it_takes():
    terminal = Terminal()
    with bar("playing", terminal) as progress:
        for done in range(10_000):
            progress(done, 10_000)
    assert terminal.getvalue().count("%") == 100


def test_where_there_is_no_terminal_nothing_is_written():
    file = StringIO()
    with bar("playing", file) as progress:
        progress(1, 2)
    assert not file.getvalue()
