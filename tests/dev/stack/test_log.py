"""One stream of lines, each with the name of its part."""

import io

from dev.stack.log import LogStream


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    def write(self, text: str, /) -> int:
        raise BrokenPipeError


def test_each_line_has_the_name_of_its_part() -> None:
    out = io.StringIO()

    LogStream(out).write("burner", "one\ntwo")

    assert out.getvalue() == "burner       | one\nburner       | two\n"


def test_only_a_terminal_gets_colour() -> None:
    out = Terminal()

    LogStream(out).write("burner", "one", error=True)

    assert out.getvalue() == "\x1b[31mburner       |\x1b[0m one\n"


def test_a_reader_that_has_gone_is_noticed_and_lines_are_still_kept() -> None:
    log = LogStream(Gone())

    log.write("app", "one")

    assert log.reader_gone
    assert log.lines("app") == ["one"]


def test_lines_are_kept_by_part() -> None:
    log = LogStream(None)

    log.write("app", "one")
    log.write("burner", "two")

    assert log.lines("burner") == ["two"]
    assert log.lines() == ["app one", "burner two"]
