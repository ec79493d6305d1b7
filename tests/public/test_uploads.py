"""Uploads as the page reckons with them: files, parts, speed, links; and lists that refresh."""

from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

MIB = 1024 * 1024


def paced(*samples: tuple[int, int], size: int = 100) -> Any:
    script = f"""(() => {{
      const pace = new m.Pace();
      {list(map(list, samples))}.forEach(([at, bytes]) => pace.add(at, bytes));
      return [pace.rate(), pace.leftMs({size})];
    }})()"""
    return evaluate("uploads/pace.js", script)


def test_speed_is_that_of_the_last_seconds_and_says_how_long_the_rest_takes() -> None:
    assert paced((0, 0), (1000, 10)) == [10, 9000]
    # It was fast, and is slow now.
    assert paced((0, 0), (1000, 1000), (20_000, 1100), (30_000, 1200), size=1300) == [10, 10_000]


def test_speed_is_not_known_at_once_nor_while_nothing_comes() -> None:
    assert paced() == [None, None]
    assert paced((0, 0)) == [None, None]
    assert paced((0, 0), (100, 50)) == [None, None]
    assert paced((0, 5), (2000, 5)) == [0, None]


def test_a_part_that_begins_anew_does_not_make_the_speed_negative() -> None:
    assert paced((0, 0), (1000, 50), (2000, 20), (3000, 30)) == [10, 7000]


def test_parts_cover_a_file_and_those_that_lack_are_known() -> None:
    spans = evaluate(
        "uploads/files.js", f"[1, 2, 3].map((n) => m.spanOf(n, {8 * MIB}, {17 * MIB}))"
    )
    missing = evaluate("uploads/files.js", 'm.missingParts(4, { 2: { etag: "e" }, 4: {} })')

    assert spans == [[0, 8 * MIB], [8 * MIB, 16 * MIB], [16 * MIB, 17 * MIB]]
    assert missing == [1, 3]


def test_a_file_is_the_same_by_name_size_and_time() -> None:
    same = evaluate(
        "uploads/files.js",
        """(() => {
          const file = { name: "a.mp4", size: 5, lastModified: 7, type: "video/mp4" };
          const kept = m.identityOf(file);
          const others = [{ name: "b.mp4" }, { size: 6 }, { lastModified: 8 }];
          const isSame = (other) => m.isSame(kept, { ...file, ...other });
          return [{}, ...others].map(isSame);
        })()""",
    )

    assert same == [True, False, False, False]


@pytest.mark.parametrize(
    ("name", "title"), [("My talk.final.mp4", "My talk.final"), (".mp4", "Untitled")]
)
def test_a_media_is_called_as_its_file(name: str, title: str) -> None:
    assert evaluate("uploads/files.js", f'm.titleOf({{ name: "{name}" }})') == title


def test_links_are_read_by_line() -> None:
    text = r"https://a.test/1\r\n\n  nonsense \nhttp://b.test/x y\n https://c.test/2 "
    lines = evaluate("uploads/links.js", f'm.linesOf("{text}")')

    assert [(line["line"], line["url"]) for line in lines] == [
        (1, "https://a.test/1"),
        (3, ""),
        (4, ""),
        (5, "https://c.test/2"),
    ]


def refreshed(before: list[int], first: list[int], more: bool, cursor: str | None) -> Any:
    def items(numbers: list[int]) -> str:
        return str([{"mediaId": number} for number in numbers])

    following = '"next"' if more else "null"
    old = '"old"' if cursor else "null"
    made = evaluate(
        "pages.js",
        f"m.refreshed({{ items: {items(before)}, cursor: {old} }},"
        f" {{ items: {items(first)}, nextCursor: {following} }})",
    )
    return [item["mediaId"] for item in made["items"]], made["cursor"]


def test_a_list_takes_what_is_new_and_drops_what_is_gone_and_keeps_its_later_pages() -> None:
    # 9 has come; then 7 has gone, and 5 is of a page behind.
    assert refreshed([8, 7, 6, 5], [9, 8], more=True, cursor="old") == ([9, 8, 7, 6, 5], "old")
    assert refreshed([8, 7, 6, 5], [9, 8, 6], more=True, cursor="old") == ([9, 8, 6, 5], "old")
    # One page: it is the list.
    assert refreshed([2, 1], [2], more=False, cursor=None) == ([2], None)
    assert refreshed([2], [3, 2], more=True, cursor=None) == ([3, 2], "next")
