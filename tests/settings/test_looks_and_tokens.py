"""The folder of templates, and the token of a Hugging Face source."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.settings import (
    HuggingFaceSource,
    Settings,
    SettingsError,
    describe,
    load_settings,
    masked,
)


def test_the_folder_of_templates_is_beside_the_file_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text('templates_dir = "looks"\n', encoding="utf-8")
    assert load_settings({}, file).templates_dir == tmp_path / "looks"
    assert load_settings({"DIGEST_TEMPLATES_DIR": "own"}).templates_dir == Path("own")
    home = load_settings({"DIGEST_TEMPLATES_DIR": "~/own"}).templates_dir
    assert home == Path(os.path.expanduser("~/own"))  # noqa: PTH111  another way to the same
    assert load_settings({}).templates_dir is None


def source(**more: str) -> HuggingFaceSource:
    told = {"name": "HF", "kind": "huggingface"} | more
    [found] = load_settings({"DIGEST_SOURCES": json.dumps([told])}).sources
    assert isinstance(found, HuggingFaceSource)
    return found


def test_a_token_may_be_given_or_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    text = '[[sources]]\nname = "HF"\nkind = "huggingface"\ntoken_file = "hf-token"\n'
    file.write_text(text, encoding="utf-8")
    (tmp_path / "hf-token").write_text("hf_hunter2\n", encoding="utf-8")
    loaded = load_settings({}, file)
    [held] = loaded.sources
    assert isinstance(held, HuggingFaceSource)
    assert held.token is not None
    assert held.token.get_secret_value() == "hf_hunter2"
    shown = json.dumps(masked(loaded)) + repr(describe(loaded)) + repr(loaded)
    assert "hunter2" not in shown
    assert masked(loaded)["sources"][0]["token"] == "***"
    assert source().token is None
    assert source(token="").token is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"token": "hf hunter2"}, "must be a token such as hf_..., without blanks"),
        ({"token": "hf_hunter2\r\nX: y"}, "must be a token such as hf_..., without blanks"),
        (
            {"token": "hf_hunter2", "base_url": "http://hub.example"},
            "the token would go to hub.example without encryption",
        ),
        ({"kind": "feed", "url": "https://x.example/f", "token": "t"}, "kind 'feed' has no such"),
    ],
)
def test_a_token_that_cannot_be_sent_is_refused_and_not_shown(
    told: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        source(**told)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_token_may_go_to_this_machine_without_encryption() -> None:
    assert source(token="hf_x", base_url="http://127.0.0.1:8000").token is not None


@given(st.text(max_size=30))
def test_whatever_is_taken_for_a_token_can_stand_in_a_header(text: str) -> None:
    told: dict[str, Any] = {"name": "HF", "kind": "huggingface", "token": text}
    try:
        [found] = Settings.model_validate({"sources": [told]}).sources
    except ValueError:
        return
    assert isinstance(found, HuggingFaceSource)
    held = found.token.get_secret_value() if found.token else ""
    assert held == text
    assert held.isascii()
    assert not set(held) & set(' \t\r\n"')
