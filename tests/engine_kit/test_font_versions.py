import hashlib
from importlib.metadata import version
from pathlib import Path

from engine_kit.font_versions import font_versions
from engine_kit.fonts import font_files, font_folders


def test_a_packages_fonts_are_known_by_its_version_and_others_by_their_bytes(
    tmp_path: Path,
) -> None:
    thai = tmp_path / "NotoSansThai-Regular.ttf"
    thai.write_bytes(b"a font")

    found = font_versions((*font_files(font_folders()), thai), system=[tmp_path])

    names = ("manimgx-fonts", "noto-cjk-sans-otc", "justmytype-intl-cjk", "pymupdf-fonts")
    digest = hashlib.sha256(b"a font").hexdigest()
    assert found == {
        **{name: version(name) for name in names},
        "NotoSansThai-Regular.ttf": f"sha256:{digest}",
    }


def test_no_file_but_a_font_is_read_whoever_names_it(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (tmp_path / "secret").write_bytes(b"a secret")

    named = (tmp_path / "secret", fonts / "../secret", fonts / "deeper/font.ttf")

    assert font_versions(named, system=[fonts]) == {}
