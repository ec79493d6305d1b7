"""Every kind of subtitles is read in the Worker's own runtime, whose library has gaps."""

from tests.stack.api_client import ApiClient

KINDS = {
    "text/x-sbv": b"0:00:01.000,0:00:02.000\nx\n",
    "text/x-lrc": b"[00:01.00]x\n[00:02.00]\n",
    "text/x-ttml": b'<tt><body><p begin="1s" end="2s">x</p></body></tt>',
    "text/x-microdvd": b"{1}{1}25\n{25}{50}x\n",
    "text/x-json3": b'{"events": [{"tStartMs": 1, "dDurationMs": 9, "segs": [{"utf8": "x"}]}]}',
    "text/x-srv3": b'<timedtext><body><p t="1" d="9">x</p></body></timedtext>',
    "text/x-ssa": b"[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,D,,0,0,0,,x",
    "application/x-subrip": "1\n00:00:01,000 \u2192 00:00:02,000\n<b>x".encode(),
}
ENTITIES = b"""<!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<tt><body><p begin="1s" end="2s">&b;</p></body></tt>"""


def test_every_kind_of_subtitles_is_taken_and_entities_are_refused(client: ApiClient) -> None:
    media_id = client.new_media()
    path = f"/api/media/{media_id}/subtitles"

    taken = {kind: client.api("PUT", path, text).json() for kind, text in KINDS.items()}
    refused = client.api("PUT", path, ENTITIES)
    nested = client.api("PUT", path, b'{"tStartMs": ' + b"[" * 100_000)

    assert {kind: answer.get("contentType") for kind, answer in taken.items()} == {
        kind: kind for kind in KINDS
    }
    version = f"/api/media/{media_id}/inputs/{taken['text/x-lrc']['inputId']}"
    exported = client.api("GET", f"{version}/export?format=srt").text
    assert exported == "1\n00:00:01,000 --> 00:00:02,000\nx\n"
    assert (refused.status_code, nested.status_code) == (400, 400)
    assert "declare entities" in refused.json()["detail"]
    assert client.api("GET", f"/api/media/{media_id}").status_code == 200
