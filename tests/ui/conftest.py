from __future__ import annotations

import pytest

from groupstui.history import History


@pytest.fixture
def history(tmp_path, demo) -> History:
    """The history of the demo site, which is empty at first."""
    return History(demo.url, tmp_path)
