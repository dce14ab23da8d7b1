"""The README's pictures show the app as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PICTURES = Path(__file__).parents[2] / "screenshots"


def test_screenshots_are_up_to_date(tmp_path):
    make = [sys.executable, str(PICTURES / "make.py"), str(tmp_path)]
    subprocess.run(make, check=True, env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)})
    drawn = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    kept = {path.name: path.read_text() for path in PICTURES.glob("*.svg")}
    assert drawn.keys() == kept.keys()
    assert [name for name in kept if drawn[name] != kept[name]] == []
