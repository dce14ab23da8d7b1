"""Modal dialogs, one module each.

Lazy boundary: a dialog's module is imported when it is first used, as `dialogs.audit`. To import all of them
would take a tenth of the time to the first paint (`python -m benchmarks start`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import accept as accept
    from . import audit as audit
    from . import changes as changes
    from . import compare as compare
    from . import copy as copy
    from . import delete_list as delete_list
    from . import export as export
    from . import groups as groups
    from . import help as help
    from . import instances as instances
    from . import marked_groups as marked_groups
    from . import page_number as page_number
    from . import palette as palette
    from . import paste as paste
    from . import pasted_users as pasted_users
    from . import review as review
    from . import sign_out as sign_out
    from . import timeline as timeline
    from . import user_groups as user_groups


def __getattr__(name: str) -> object:
    if name.startswith("__"):
        raise AttributeError(name)
    return import_module(f".{name}", __name__)
