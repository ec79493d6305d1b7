"""The feed of cards: one after another, each in the middle when it is read."""

from remotion.feed import lay_out
from remotion.layout import Layout, layout

from media_jobs.engines.remotion.options import CommentsOptions


def placed(template: str) -> Layout:
    options = CommentsOptions.model_validate({"template": template})
    return layout(options, source_width=16, source_height=9)


def test_cards_follow_each_other_with_a_gap() -> None:
    feed = lay_out(placed("landscape"), [200, 300, 400])

    assert [(place.start, place.size) for place in feed.places] == [
        (0, 200),
        (228, 300),
        (556, 400),
    ]


def test_the_card_being_read_is_in_the_middle_and_comes_from_below() -> None:
    feed = lay_out(placed("landscape"), [200, 300])

    # 1080 high: a card of 200 begins at 440, one of 300 at 390.
    assert feed.stops == (-440, 228 - 390)
    assert feed.entry == -440 - 1080
    assert feed.window(0) == (440 - 6, 640 + 6)


def test_vertical_cards_stand_side_by_side_and_begin_at_one_height() -> None:
    place = placed("vertical")
    feed = lay_out(place, [200, 300])

    # 904 wide, and the next one begins where the picture ends.
    assert feed.stops == (-56, 1080 - 56 - 56)
    assert [card.across for card in feed.places] == [0, 0]
    assert feed.entry == -56 - 1080


def test_a_long_feed_is_cut_between_cards_into_bearable_pieces() -> None:
    feed = lay_out(placed("landscape"), [1000] * 30)

    assert [(piece.first, piece.last) for piece in feed.pieces] == [(0, 10), (11, 21), (22, 29)]
    assert all(piece.size <= 12_000 for piece in feed.pieces)
    assert feed.pieces[1].start == feed.places[11].start


def test_a_card_longer_than_a_piece_is_a_piece_of_its_own() -> None:
    feed = lay_out(placed("landscape"), [20_000, 100])

    assert [(piece.first, piece.last) for piece in feed.pieces] == [(0, 0), (1, 1)]
