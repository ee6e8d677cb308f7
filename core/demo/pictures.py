"""Small drawn files that stand for scanned papers and photographs. The same name always gives the same picture."""

from __future__ import annotations

import io
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw

PAPER, INK, LIGHT = (253, 252, 248), (70, 74, 84), (196, 200, 206)


@lru_cache(maxsize=64)
def page(name: str) -> bytes:
    """A page of writing with a signature, as a JPEG of about 12 KB."""
    rng = Random(name)
    image = Image.new("RGB", (595, 842), PAPER)
    draw = ImageDraw.Draw(image)
    draw.line((200, 70, 395, 70), INK, 5)
    draw.line((235, 88, 360, 88), INK, 2)
    draw.line((150, 150, 445, 150), INK, 7)
    y = 200
    while y < 620:
        for _ in range(rng.randint(3, 7)):
            draw.line((70, y, rng.choice((525, 525, 520, 430)), y), LIGHT, 4)
            y += 19
        y += 16
    points = [(380 + step * 12, 720 + rng.randint(-16, 16)) for step in range(12)]
    draw.line(points, (38, 66, 140), 3, joint="curve")
    draw.line((375, 765, 520, 765), INK, 3)
    return _jpeg(image)


@lru_cache(maxsize=256)
def photograph(name: str, part: int, parts: int) -> bytes:
    """Something being built among fields, ``part`` of ``parts`` done, as a JPEG of about 12 KB."""
    rng = Random(name)
    image = Image.new("RGB", (640, 480), (190, 216, 236))
    draw = ImageDraw.Draw(image)
    for step in range(280):  # the sky pales towards the horizon
        draw.line((0, step, 640, step), (168 + step // 5, 200 + step // 8, 232 + step // 20))
    ridge = [(x, 250 + rng.randint(-34, 18)) for x in range(0, 721, 80)]
    draw.polygon([(0, 300), *ridge, (640, 300)], (122, 154, 128))
    draw.rectangle((0, 290, 640, 480), (134, 166, 96))
    draw.polygon([(250, 480), (305, 290), (330, 290), (440, 480)], (196, 178, 140))
    left, width = rng.randint(90, 190), rng.randint(250, 310)
    floor, top, wall = 400, 262, rng.choice(((226, 206, 170), (214, 218, 222), (232, 196, 166)))
    done = part / max(1, parts)
    draw.rectangle((left - 14, floor, left + width + 14, floor + 16), (150, 146, 140))
    height = int((floor - top) * min(1.0, done * 1.5))
    draw.rectangle((left, floor - height, left + width, floor), wall, (120, 108, 92), 2)
    if done > 0.4:
        for x in (left + 34, left + width - 84):
            draw.rectangle((x, floor - 92, x + 50, floor - 48), (92, 118, 134), (70, 70, 70), 2)
        draw.rectangle((left + width // 2 - 22, floor - 84, left + width // 2 + 22, floor), (112, 78, 52))
    if done > 0.7:
        peak = (left + width // 2, top - 66)
        draw.polygon([(left - 24, top), peak, (left + width + 24, top)], rng.choice(((176, 78, 58), (104, 116, 132))))
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72)
    return file.getvalue()
