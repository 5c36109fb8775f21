"""A machine whose folders are the test's own."""

from pathlib import Path

import pytest

KEY = "ab" * 32


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "given.key"
    path.write_text(KEY + "\n", encoding="ascii")
    return path


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's folders and the machine's file are below the test's own."""
    for name in ("user_data_dir", "user_config_dir"):
        monkeypatch.setattr(
            f"qbwc_service.config.variables.platformdirs.{name}",
            lambda app, appauthor, name=name: str(tmp_path / name / app),
        )
    monkeypatch.setattr(
        "qbwc_service.config.sources.default_file", lambda: tmp_path / "default" / "service.env"
    )
