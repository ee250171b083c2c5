"""A look into files: what they hold, and that nothing in them does anything."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logger.store.artifacts import Artifact
from logger.store.locate import Store
from tests.hostile import HOSTILE, assert_harmless
from tui_tracker.model.previews import images, texts
from tui_tracker.model.previews.preview import Preview
from tui_tracker.model.previews.reading import read_preview

UID = "a" * 32
# Whatever is in a file, a look at it is no longer than this.
_LONGEST = 4_000_000


@pytest.fixture
def look(store: Store) -> Callable[[str, bytes], Preview]:
    """A look at a file of a run with that name and content."""

    def looked(name: str, content: bytes) -> Preview:
        path = store.artifacts / UID / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return at(store, name, len(content))

    return looked


def at(store: Store, name: str, size: int = 0, state: str = "complete") -> Preview:
    return read_preview(store, UID, Artifact(name, size, "", "", None, 0.0, state))


Look = Callable[[str, bytes], Preview]


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_text_is_shown_by_lines_and_code_in_its_language(look: Look) -> None:
    found = look("train.py", b"import os\n\tx = 1\n")
    assert (found.text, found.language, found.facts) == ("import os\n    x = 1", "python", "2 lines")
    assert look("notes", "Größe\n".encode()).text == "Größe"
    assert look("README.md", b"# Title\n[x](http://e)").is_markdown
    assert look("empty.txt", b"").text == "It is empty."


def test_json_of_one_line_is_indented_and_tables_are_tables(look: Look) -> None:
    value = {"a": [1, {"b": 'x"],{'}], "c": None, "d": list(range(500))}
    found = look("a.json", json.dumps(value).encode())
    assert json.loads(found.text) == value
    assert found.text.splitlines()[:3] == ["{", '  "a": [', "    1,"]
    table = look("t.json", json.dumps({"columns": ["x", "text"], "data": [[1, "a"], [20, "b"]]}).encode())
    assert table.facts == "2 rows × 2 columns"
    assert table.text.splitlines()[2:] == [" 1  a", "20  b"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_indented_json_means_the_same(value: object) -> None:
    assert json.loads(texts.indented(json.dumps(value))) == value


def test_rows_of_text_are_a_table(look: Look) -> None:
    found = look("a.csv", b'id,name\n1,"a, b"\n20,\xc3\xa4\n')
    assert found.facts == "2 rows × 2 columns"
    assert found.text.splitlines() == ["id  name", "──  ────", " 1  a, b", "20  ä"]
    assert look("a.tsv", b"x\ty\n1\t2\n").facts == "1 rows × 2 columns"
    long = look("long.csv", b"x\n" + b"1\n" * 100_000)
    assert long.remark == "showing the first 200 rows"
    assert len(long.text.splitlines()) == 202


@pytest.mark.parametrize(
    ("array", "shape", "line"),
    [
        (np.arange(6, dtype="i8").reshape(2, 3), "2 × 3 int64", "1  3  4  5"),
        (np.asfortranarray(np.arange(6, dtype="i8").reshape(2, 3)), "2 × 3 int64", "1  3  4  5"),
        (np.array([0.5, np.nan]), "2 float64", "1    nan"),
        (np.array(7), "scalar int64", "0      7"),
        (np.zeros((2, 3, 4)), "2 × 3 × 4 float64", "2  0  0  0  0"),
        (np.array(["a\x1b[2J"]), "1 <U5", "0  a\N{REPLACEMENT CHARACTER}[2J"),
        (
            np.array([(1, 2.5)], dtype=[("id", "i4"), ("x", "f8")]),
            "1 [('id', '<i4'), ('x', '<f8')]",
            " 1  2.5",
        ),
    ],
)
def test_an_array_is_its_shape_and_first_values(look: Look, array: np.ndarray, shape: str, line: str) -> None:
    found = look("a.npy", npy(array))
    assert found.facts.startswith(f"shape {shape}")
    assert found.text.splitlines()[-1] == line


def test_what_is_odd_in_an_array_is_told(look: Look) -> None:
    assert "3 not finite" in look("a.npy", npy(np.array([1, np.nan, np.inf, -np.inf]))).facts
    assert look("b.npy", npy(np.zeros((0, 3)))).text == "It has no values."
    assert "shorter" in look("c.npy", npy(np.zeros(100))[:-400]).remark
    assert "16 of 300 columns" in look("d.npy", npy(np.zeros((5, 300)))).remark
    assert "pickled" in look("e.npy", npy(np.array([{}], dtype=object))).text


def test_containers_show_what_is_in_them(look: Look) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, weights=np.zeros((3, 4)), bias=np.zeros(4))
    found = look("a.npz", stream.getvalue())
    assert found.facts == "2 arrays"
    assert "weights  3 × 4" in found.text
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("archive/data.pkl", b"x")
    assert look("model.pt", packed.getvalue()).kind == "PyTorch checkpoint"
    assert look("pytorch_model.bin", packed.getvalue()).kind == "PyTorch checkpoint"


def test_safetensors_are_a_table_of_tensors(look: Look) -> None:
    header = json.dumps(
        {"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"by": "me"}}
    ).encode()
    found = look("m.safetensors", struct.pack("<Q", len(header)) + header + bytes(24))
    assert found.facts == "1 tensors"
    assert "w     F32   2 × 3     24" in found.text and "by" in found.text
    assert "longer than the file" in look("n.safetensors", struct.pack("<Q", 2**63)).remark


def test_parquet_is_a_table_where_pyarrow_is_there(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pyarrow.table({"x": range(1000), "name": [f"n{i}" for i in range(1000)]}), stream)
    found = look("a.parquet", stream.getvalue())
    assert found.facts.startswith("1,000 rows × 2 columns")
    assert found.text.splitlines()[2].split() == ["0", "n0"]
    assert found.remark == "showing 200 of 1,000 rows"
    monkeypatch.setattr(pyarrow, "__version__", "13.0.0")
    assert "pip install -U pyarrow" in look("a.parquet", stream.getvalue()).text
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert "pip install pyarrow" in look("a.parquet", stream.getvalue()).text


class Runs:
    """Runs a command when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.proof}",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["a.pkl", "a.pt", "a.bin", "a.npy", "a.npz", "a.txt"])
def test_a_pickle_is_listed_and_never_run(look: Look, tmp_path: Path, name: str, protocol: int) -> None:
    proof = tmp_path / "ran"
    found = look(name, pickle.dumps(Runs(proof), protocol))
    assert not proof.exists()
    if name == "a.pkl":
        assert "posix.system" in found.text and "runs it" in found.text


def test_a_pickle_within_an_array_is_not_run(look: Look, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    for name, content in (("a.npy", npy(np.array([Runs(proof)], dtype=object))),):
        look(name, content)
    stream = io.BytesIO()
    np.savez(stream, a=np.array([Runs(proof)], dtype=object))
    look("a.npz", stream.getvalue())
    assert not proof.exists()


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = zlib.compress(b"\x00" * 1000)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def encoded(image: object, form: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form)  # type: ignore[attr-defined]
    return stream.getvalue()


def test_pictures_are_made_small(look: Look) -> None:
    from PIL import Image

    for form in ("PNG", "JPEG", "GIF", "BMP", "WEBP"):
        found = look(f"a.{form.lower()}", encoded(Image.new("RGB", (3000, 20), "red"), form))
        assert found.facts.startswith("3,000 × 20 pixels")
        assert found.picture.size[0] <= 1600
    assert look("plain", encoded(Image.new("RGB", (3, 2)), "PNG")).picture is not None


def test_a_bomb_of_an_image_is_not_drawn(look: Look) -> None:
    assert "too many pixels" in look("a.png", png(10_000, 10_000)).text
    assert "too many pixels" in look("a.png", png(2**31 - 1, 2**31 - 1)).text
    assert look("a.png", png(100, 100)).picture is None


def test_without_pillow_a_picture_has_dimensions(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    contents = {form: encoded(Image.new("RGB", (30, 20)), form) for form in ("PNG", "JPEG", "GIF", "BMP")}
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    for form, content in contents.items():
        found = look(f"a.{form.lower()}", content)
        assert found.facts.startswith("30 × 20 pixels"), form
        assert found.text == images.INSTALL


SUFFIXES = (
    "", ".bin", ".bmp", ".csv", ".gif", ".jpg", ".json", ".jsonl", ".md", ".npy", ".npz", ".parquet", ".pkl", ".png",
    ".pt", ".py", ".safetensors", ".tsv", ".txt", ".webp", ".yaml", ".zip",
)  # fmt: skip
BEGINNINGS = (
    b"",
    b"PK\x03\x04",
    b"\x93NUMPY\x01\x00",
    b"\x89PNG\r\n\x1a\n",
    b"PAR1",
    b"\x80\x04",
    b"\xff\xd8\xff",
    b"{",
    b"GIF89a",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(name=st.sampled_from(SUFFIXES), begins=st.sampled_from(BEGINNINGS), content=st.binary(max_size=300))
def test_any_bytes_under_any_name_are_harmless(look: Look, name: str, begins: bytes, content: bytes) -> None:
    found = look(f"x{name}", begins + content)
    assert_harmless(found.text)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_hostile_contents_are_harmless_and_short(look: Look, suffix: str) -> None:
    contents = [
        "\n".join(HOSTILE).encode("utf-8", "surrogatepass"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" + b"9" * 5000 + b"]",
        b'{"columns": ["a"], "data": [[' + b"9" * 5000 + b"]]}",
        b'{"columns": ["a"], "data": ' + b"[" * 100_000,
        b"x" * 5_000_000,
        b"\x00" * 100_000,
        b",".join([b"1"] * 100_000),
        b'"' + b"a\n" * 100_000,
        b">" * 20_000,
        b"- " * 20_000,
        struct.pack("<Q", 100_000) + b"[" * 100_000,
        b"\x93NUMPY\x01\x00\x76\x00{'descr': 'V999999999999', 'fortran_order': False, 'shape': (2,), }".ljust(
            128
        ),
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (10**9,), }".ljust(128),
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': True, 'shape': (99999999, 99999999), }".ljust(
            128
        ),
    ]
    for content in contents:
        found = look(f"x{suffix}", content)
        assert_harmless(found.text)
        assert len(found.text) < _LONGEST


def test_what_is_no_file_of_the_run_is_not_opened(store: Store, tmp_path: Path) -> None:
    top = store.artifacts / UID
    top.mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (top / "link").symlink_to(tmp_path / "secret")
    (top / "inner").symlink_to(tmp_path)
    os.mkfifo(top / "pipe")
    (top / "folder").mkdir()
    for name in ("link", "inner/secret", "pipe", "folder", "gone", "../../secret", "/etc/passwd"):
        found = at(store, name)
        assert found.kind == "unreadable", name
        assert "secret" not in found.text.replace(name, "")
    assert "cut short" in at(store, "gone", state="incomplete").text
