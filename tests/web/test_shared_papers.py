"""One paper for many cases, on its page."""

from __future__ import annotations

import io
from collections.abc import Callable

from tests.domain.test_shared_papers import homes, kinds
from tests.stories import GOOD, opened, picture
from tests.web.test_cases import words
from tests.web.visitors import Visitor
from tests.worlds import World

Visit = Callable[[str], Visitor]


def test_minutes_are_sent_once_and_ticked_for_the_cases_they_serve(world: World, visit: Visit) -> None:
    first, second, third = opened(world), *(opened(world, GOOD, home) for home in homes(world, 2))
    officer = visit("officer")
    assert f'href="/cases/{first}/papers/request/others"' in officer.get(f"/cases/{first}").text
    address = f"/cases/{first}/papers/request/others"
    page = officer.get(address)
    assert f'value="{second}"' in page.text
    assert f'value="{third}"' in page.text
    page = officer.post(address, {"number": [second]})
    assert page.status_code == 422
    assert "Hãy chọn một tệp" in words(page)
    assert f'value="{second}" checked' in page.text
    page = officer.post(address, {"number": [second], "file": (io.BytesIO(picture()), "biên bản.png")})
    assert "Đã đính kèm vào 2 hồ sơ." in words(page)
    assert "cũng ở 1 hồ sơ khác" in words(page)
    assert "Một tệp, cùng đính kèm cho 1 hồ sơ khác" in words(page)
    page = officer.get(address)
    assert f'value="{second}"' not in page.text
    document = page.text.partition('name="document" id="document-0" value="')[2].partition('"')[0]
    officer.post(address, {"number": [third], "document": document})
    assert [kinds(world, number) for number in (first, second, third)] == [["request"]] * 3
    assert visit("approver").get(address).status_code in (403, 404)
