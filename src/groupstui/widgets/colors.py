"""The colors of texts, which are readable on their background in every theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.color import Color

BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)

MIN_CONTRAST = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""

BACKGROUNDS = ("background", "surface", "panel")
"""The variables of the backgrounds on which colored text stands."""

TEXTS = ("foreground", "text-primary", "text-success", "text-warning", "text-error", "text-accent")
"""The variables of the colors of text."""

ON_OTHERS = {
    "input-cursor-foreground": "input-cursor-background",
    "footer-foreground": "panel",
    "footer-key-foreground": "panel",
    "footer-description-foreground": "panel",
}
"""The variables of colors of text on a background of their own."""

MUTED, FRAME = 0.66, 0.3
"""The parts of the foreground in the colors of muted text, and of the frame of a pane without the focus."""

STEPS = 20
"""Steps in which a color is moved towards black or white until it is readable."""


def readable_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a theme with colors of text that are readable.

    Of a theme of the terminal's own 16 colors, those are replaced that usual terminals cannot show: blue on
    black, and the frame in the color of the background.
    """
    changed = dict(variables)
    base = _parse(variables["background"], BLACK)
    if base.ansi is not None:
        changed["border-blurred"] = "ansi_bright_black"
        if variables["ansi-background"] == "ansi_black":
            changed |= {"text-primary": "ansi_cyan", "border": "ansi_cyan"}
        return changed
    backgrounds = [_parse(variables[name], base) for name in BACKGROUNDS]
    for name in TEXTS:
        changed[name] = readable(_parse(variables[name], base), backgrounds).hex
    muted = base.blend(_parse(changed["foreground"], base), MUTED)
    changed["text-muted"] = readable(muted, backgrounds).hex
    changed["text-disabled"] = changed["text-muted"]
    changed["border-blurred"] = base.blend(_parse(changed["foreground"], base), FRAME).hex
    # The cursor becomes darker or lighter instead of its text, which would change from white to black.
    cursor = _parse(variables["block-cursor-background"], base)
    text = _parse(variables["block-cursor-foreground"], cursor)
    changed["block-cursor-background"] = readable(cursor, [text]).hex
    changed["block-cursor-foreground"] = text.hex
    for part in ("foreground", "background"):  # selected text looks like the row under the cursor
        changed[f"input-selection-{part}"] = changed[f"block-cursor-{part}"]
    changed["footer-background"] = variables["panel"]
    for name, background in ON_OTHERS.items():
        below = _parse(variables[background], base)
        changed[name] = readable(_parse(variables[name], below), [below]).hex
    return changed


def readable(color: Color, backgrounds: Sequence[Color]) -> Color:
    """Return a color, moved towards black or white until its contrast with all backgrounds is enough."""
    end = max((BLACK, WHITE), key=lambda end: min(contrast(end, background) for background in backgrounds))
    for step in range(STEPS):
        moved = color.blend(end, step / STEPS)
        if all(contrast(moved, background) >= MIN_CONTRAST for background in backgrounds):
            return moved
    return end


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two opaque colors, from 1 to 21, as WCAG 2.2 defines it."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """Return the relative luminance of a color, as WCAG 2.2 defines it."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _parse(value: str, below: Color) -> Color:
    """Return the opaque color on another one that a variable such as `#fff 50%` or `auto 87%` means."""
    name, _, opacity = value.partition(" ")
    color = below.get_contrast_text() if name == "auto" else Color.parse(name)
    if color.ansi is not None:
        return color
    return below.blend(color, color.a * float(opacity.rstrip("%") or 100) / 100, 1)
