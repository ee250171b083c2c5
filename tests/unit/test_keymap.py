"""Keys of a person's own: read from the file, and what is wrong with them told by id."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_tracker.model import keymap, settings

SCREENS = {
    "explorer": {"runs.mark": "space", "runs.compare": "c", "app.quit": "q"},
    "registry": {"versions.promote": "p", "list.down": "down,j", "app.quit": "q", "app.theme": ""},
}


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ({"runs.mark": "x"}, {"runs.mark": "x"}),
        ({"runs": {"mark": "x, ctrl+k", "compare": "C"}}, {"runs.mark": "x,ctrl+k", "runs.compare": "C"}),
        ({"runs.mark": ["?", ",", " "]}, {"runs.mark": "question_mark,comma,space"}),
        ({"runs.mark": ","}, {"runs.mark": "comma"}),
        ({"runs.mark": "ctrl+]"}, {"runs.mark": "ctrl+right_square_bracket"}),
    ],
)
def test_keys_are_read_by_the_ids_of_commands(written: dict[str, object], keys: dict[str, str]) -> None:
    assert keymap.read(written) == (keys, {})


@pytest.mark.parametrize("value", ["", "x,", "ctrl+", "two words", 3, [], ["x", 3], "\x1b[2J", [["x"]]])
def test_what_is_no_key_is_told_and_the_other_keys_hold(value: object) -> None:
    keys, wrong = keymap.read({"runs.mark": value, "runs.compare": "C"})
    assert keys == {"runs.compare": "C"}
    assert list(wrong) == ["runs.mark"] and wrong["runs.mark"].startswith("runs.mark must be a key")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"runs.mark": "x", "runs.compare": "space"}, {}),
        ({"runs.mark": "p"}, {}),
        ({"runs.mrak": "x"}, {"runs.mrak": "there is no command 'runs.mrak'"}),
        ({"runs.mark": "c"}, {"runs.mark": "runs.mark and runs.compare are both on c in explorer"}),
        ({"runs.mark": "x,q"}, {"runs.mark": "runs.mark and app.quit are both on q in explorer"}),
        ({"list.down": "n"}, {}),
        ({"list.down": "p"}, {"list.down": "list.down and versions.promote are both on p in registry"}),
        (
            {"versions.promote": "j"},
            {"versions.promote": "versions.promote and list.down are both on j in registry"},
        ),
    ],
)
def test_collisions_on_one_screen_are_told(chosen: dict[str, str], told: dict[str, str]) -> None:
    said = keymap.conflicts(chosen, SCREENS)
    assert said.keys() == told.keys()
    assert all(said[command].startswith(sentence) for command, sentence in told.items())


def test_the_file_holds_keys_and_a_theme_and_names_the_line_of_a_mistake(tmp_path: Path) -> None:
    place = tmp_path / "config.toml"
    place.write_text('theme = "light"\n[keys]\nruns.mark = "x"\n"runs.compare" = 3\n')
    found = settings.read(place)
    assert (found.theme, found.keys) == ("light", {"runs.mark": "x"})
    assert len(found.remarks) == 1 and "line 4: runs.compare must be a key" in found.remarks[0]
    place.write_text('theme = "pink"\n')
    assert "line 1: theme must be one of auto, dark" in settings.read(place).remarks[0]
