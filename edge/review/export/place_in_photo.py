"""Where the animal is within its photo, which shows it with a margin."""

from __future__ import annotations

from edge.records import Box


def box_in_photo(box: Box, size: tuple[int, int], photo_margin: float) -> tuple[float, float, float, float] | None:
    """Left, top, width, height as parts of the photo's width and height; None where they cannot be told.

    `box` is in the source's pixels, `size` the photo's width and height. Photos are cut by `edge.cutting.cut`: the
    same margin on all four sides, less where the source's own edge is nearer. `photo_margin` is the configuration's;
    for photos cut with another one the place is off by the difference, or not told.
    """
    width, height = size
    margin = round(photo_margin * max(box.w, box.h))
    left, top = min(box.x, margin), min(box.y, margin)
    if not (0 <= width - box.w - left <= margin and 0 <= height - box.h - top <= margin):
        return None
    return left / width, top / height, box.w / width, box.h / height
