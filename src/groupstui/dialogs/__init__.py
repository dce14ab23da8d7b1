"""Modal dialogs, one module each.

Lazy boundary: a dialog is imported when it is first used, as Textual does it with its widgets. To import all
of them would take a tenth of the time to the first paint (`python -m benchmarks start`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .audit import AuditDialog
    from .changes import ChangesDialog
    from .compare import CompareDialog
    from .copy import CopyDialog, copies_of_list, copies_of_row
    from .export import ExportDialog
    from .help import HelpDialog
    from .instances import InstancesDialog
    from .page_number import PageNumberDialog
    from .palette import PaletteDialog
    from .records import RecordsDialog
    from .sign_out import SignOut, SignOutDialog, delete_history, delete_token
    from .user_groups import UserGroupsDialog

__all__ = [
    "AuditDialog",
    "ChangesDialog",
    "CompareDialog",
    "CopyDialog",
    "ExportDialog",
    "HelpDialog",
    "InstancesDialog",
    "PageNumberDialog",
    "PaletteDialog",
    "RecordsDialog",
    "SignOut",
    "SignOutDialog",
    "UserGroupsDialog",
    "copies_of_list",
    "copies_of_row",
    "delete_history",
    "delete_token",
]

_MODULES = {
    "AuditDialog": "audit",
    "ChangesDialog": "changes",
    "CompareDialog": "compare",
    "CopyDialog": "copy",
    "ExportDialog": "export",
    "HelpDialog": "help",
    "InstancesDialog": "instances",
    "PageNumberDialog": "page_number",
    "PaletteDialog": "palette",
    "RecordsDialog": "records",
    "SignOut": "sign_out",
    "SignOutDialog": "sign_out",
    "UserGroupsDialog": "user_groups",
    "copies_of_list": "copy",
    "copies_of_row": "copy",
    "delete_history": "sign_out",
    "delete_token": "sign_out",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
