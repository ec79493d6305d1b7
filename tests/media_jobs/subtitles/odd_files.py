"""Files put together at random from pieces of every kind of subtitles, good and broken."""

import random

_HEADS = [
    "WEBVTT\n\n",
    "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n",
    "webvtt\n",
    "[Script Info]\n\n[V4+ Styles]\nFormat: Name, Alignment\nStyle: D,8\n\n[Events]\n",
    "{1}{1}25\n",
    "[ti:x]\n",
    "```srt\n",
    "Here you are:\n\n",
    '<tt><body><p begin="1s" end="2s">',
    "",
    "",
]
_PIECES = [
    "\n",
    "\n\n",
    " \n",
    "```\n",
    "NOTE w\n",
    "STYLE\n",
    "REGION\n",
    "id:a\n",
    "-->\n",
    "00:01.000 --> 00:02.000 line:0 position:20%,start\n",
    "00:00:03.000 --> 00:00:04.000\n",
    "00:00:05,000 --> 00:00:06,000\n",
    "00:00:07,000 -> 00:00:07,900\n",
    "00:00:08 000 → 00:00:08`900\n",
    "００：００：０９，０００ --> ００：００：１０，０００\n",
    "[00:00:11.000 --> 00:00:12.000]  word\n",
    "00:00:05,000 --> 00:00:04,000\n",
    "00:xx --> 00:02,000\n",
    "0:00:01.000,0:00:02.000\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\pos(1,2)}word\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\k10}wo{\\k20}rd\\Nword\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,{\\p1}m 0 0{\\p0\\bord2}word\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,Banner;1,word {word\n",
    "[00:01.00]word\n",
    "[00:02.00][00:01.00]<00:02.50>word <00:03.00>word\n",
    "{25}{50}word|{y:i}word\n",
    "{60}{}word\n",
    "<p begin='3s' dur='1s'>word</p>\n",
    "<i>word</b> <font color=red>word</font> <br>word\n",
    "{\\an8\\i1}word{\\i0} {y:b}word {word}\n",
    "<00:00:01.500><c.yellow.bg_red>word</c>\n",
    "word &amp; word &lt;\n",
    "word <3 word --> word\n",
    "1\n",
    "2.\n",
    "1984\n",
]


def odd_file(source: random.Random) -> str:
    """Return a file; each of its words, `word` and a number, is there once."""
    pieces = [source.choice(_HEADS), *source.choices(_PIECES, k=source.randrange(1, 14))]
    text = "".join(pieces)
    parts = text.split("word")
    numbered = "".join(f"{part}word{number}" for number, part in enumerate(parts[:-1]))
    return numbered + parts[-1]
