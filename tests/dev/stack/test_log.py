"""One stream of lines, each with the name of its part."""

import io

from dev.stack.log import LogStream


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError


def test_each_line_has_the_name_of_its_part_and_is_kept_by_it() -> None:
    out = io.StringIO()
    log = LogStream(out)

    log.write("burner", "one\ntwo")
    log.write("app", "three")

    assert out.getvalue() == "burner       | one\nburner       | two\napp          | three\n"
    assert log.lines("burner") == ["one", "two"]
    assert log.lines() == ["burner one", "burner two", "app three"]


def test_only_a_terminal_gets_colour() -> None:
    out = Terminal()

    LogStream(out).write("burner", "one", error=True)

    assert out.getvalue() == "\x1b[31mburner       |\x1b[0m one\n"


def test_a_reader_that_has_gone_is_noticed_and_lines_are_still_kept() -> None:
    log = LogStream(Gone())

    log.write("app", "one")

    assert log.reader_gone
    assert log.lines("app") == ["one"]
