"""Files that are sent in the background: made small, in pieces, over a line that breaks, and never in the way."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from core import db
from core.domain import cases, documents
from tests.stories import dug, opened, picture
from tests.web.visitors import Visitor
from tests.worlds import World

pytestmark = pytest.mark.databases("sqlite")

OpenAs = Callable[..., Page]
Visit = Callable[[str], Visitor]
CHOSEN = "[data-photo-list] li button"


def noise(page: Page, wide: int = 2400, high: int = 1800) -> bytes:
    """A photograph of more than a megabyte, as a telephone takes it."""
    text = page.evaluate(
        """async ([wide, high]) => {
            const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
            const ink = canvas.getContext("2d"), dots = ink.createImageData(wide, high);
            for (let at = 0; at < dots.data.length; at += 4) {
                const light = 128 + 64 * Math.sin(at / 9e4);
                for (let part = 0; part < 3; part++) dots.data[at + part] = light + 40 * Math.random();
                dots.data[at + 3] = 255;
            }
            ink.putImageData(dots, 0, 0);
            const file = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
            let text = "";
            for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte);
            return btoa(text);
        }""",
        [wide, high],
    )
    return base64.b64decode(text)


def photograph(content: bytes, name: str = "nhà.jpg", kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def sent(page: Page) -> None:
    """Wait until nothing waits in the browser any more."""
    page.wait_for_function(
        """() => new Promise((done) => {
            const ask = indexedDB.open("tiepsuc");
            ask.onsuccess = () => {
                const count = ask.result.transaction("files").objectStore("files").count();
                count.onsuccess = () => { ask.result.close(); done(count.result === 0); };
            };
        })""",
        polling=100,
    )
    expect(page.locator("[data-sending]")).to_be_hidden()


def papers(world: World, case: str, kind: str) -> list[documents.Stored]:
    with db.transaction(world.instance):
        found = [each for each in documents.of_case(cases.find(world.officer, case).id) if each.kind == kind]
        return [documents.Stored(each.sha256, each.size, each.type) for each in found]


def kept(world: World, sha256: str) -> Image.Image:
    with db.transaction(world.instance):
        return Image.open(io.BytesIO(documents.kept(sha256).read_bytes()))


def test_a_photograph_interrupted_on_the_way_goes_on_where_it_was_also_after_a_reload(
    world: World, open_as: OpenAs
) -> None:
    case = opened(world)
    page = open_as("officer", width=360)
    offsets: list[str] = []

    def broken_after_the_first(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        offsets.append(route.request.headers["upload-offset"])
        return route.abort() if len(offsets) > 1 else route.continue_()

    page.goto(f"/cases/{case}")
    large = noise(page)
    page.route("**/uploads/**", broken_after_the_first)
    page.locator("#papers input[type=file]").first.set_input_files(photograph(large))
    expect(page.locator("[data-sending]")).to_contain_text("Còn 1 tệp chưa gửi")
    page.wait_for_function("() => document.querySelector('[data-sending]').textContent.match(/[1-9]\\d* %/)")
    assert papers(world, case, "request") == []
    page.unroute("**/uploads/**")
    page.on("request", lambda sent: offsets.append(sent.headers.get("upload-offset", "")))
    page.goto("/account")  # one goes on with other work: the rest is sent from here
    sent(page)
    [paper] = papers(world, case, "request")
    assert paper.type == "image/jpeg"
    assert 100_000 < paper.size <= 300 * 1024
    pieces = [int(each) for each in offsets if each]
    assert pieces.count(0) == 1
    assert max(pieces) > 65_536


def test_a_picture_is_kept_upright_and_says_neither_where_nor_when(world: World, open_as: OpenAs) -> None:
    case = opened(world)
    lying = Image.new("RGB", (400, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif[0x0132] = "2026:11:23 09:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif)
    page = open_as("officer")
    page.goto(f"/cases/{case}")
    page.locator("#papers input[type=file]").first.set_input_files(photograph(out.getvalue()))
    expect(page.locator("#papers .files a")).to_have_count(1)  # the page shows it by itself
    [paper] = papers(world, case, "request")
    image = kept(world, paper.sha256)
    assert image.size == (200, 400)
    assert not image.getexif()


def test_a_visit_is_written_down_while_its_photographs_are_on_the_way(world: World, open_as: OpenAs) -> None:
    case = dug(world)
    page = open_as("monitor", width=360)
    page.goto(f"/cases/{case}/visits/finished")
    page.route("**/uploads", lambda route: route.abort())
    for colour in ("red", "green"):
        name = f"{colour}.png"
        page.locator("input[type=file]").last.set_input_files(photograph(picture(colour), name, "image/png"))
    expect(page.locator(CHOSEN)).to_have_count(2)
    page.locator(CHOSEN).last.click()
    expect(page.locator(CHOSEN)).to_have_count(1)
    expect(page.locator("[data-sending]")).to_contain_text("Còn 1 tệp chưa gửi")
    page.get_by_label("Có", exact=True).check()
    page.get_by_role("radio", name="Đạt", exact=True).check()
    page.get_by_role("button", name="Ghi kết quả").click()
    expect(page.get_by_text("Đã ghi kết quả: đạt.")).to_be_visible()
    page.unroute("**/uploads")
    page.goto(f"/cases/{case}")
    sent(page)
    assert len(papers(world, case, "visit")) == 1


def test_what_the_camera_made_the_telephone_forget_is_there_again(world: World, open_as: OpenAs) -> None:
    case = dug(world)
    page = open_as("monitor", width=360)
    page.goto(f"/cases/{case}/visits/finished")
    page.route("**/uploads", lambda route: route.abort())
    page.locator("input[type=file]").first.set_input_files(photograph(picture("red"), "a.png", "image/png"))
    page.get_by_label("Nhận xét").fill("Bể nứt")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Đã lưu nháp")
    page.reload()
    expect(page.get_by_label("Nhận xét")).to_have_value("Bể nứt")
    expect(page.locator(CHOSEN)).to_have_count(1)


def test_signing_out_says_which_files_are_not_sent_and_takes_them_away(world: World, open_as: OpenAs) -> None:
    case = opened(world)
    page = open_as("officer")
    page.goto(f"/cases/{case}")
    page.route("**/uploads", lambda route: route.abort())
    page.locator("#papers input[type=file]").first.set_input_files(photograph(picture(), "đơn.png", "image/png"))
    expect(page.locator("[data-sending]")).to_contain_text("Còn 1 tệp chưa gửi")
    page.get_by_role("button", name="Đăng xuất").first.click()
    dialog = page.get_by_role("dialog", name="Còn phần chưa gửi")
    expect(dialog).to_contain_text(f"1 tệp chưa gửi của hồ sơ {case}.")
    dialog.get_by_role("button", name="Xóa và đăng xuất").click()
    page.wait_for_url("**/login")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_a_file_that_is_refused_says_why_and_can_be_dropped(world: World, open_as: OpenAs) -> None:
    case = opened(world)
    page = open_as("officer")
    page.goto(f"/cases/{case}")
    page.locator("#papers input[type=file]").first.set_input_files(
        photograph(b"MZ no paper", "x.pdf", "application/pdf")
    )
    sending = page.locator("[data-sending]")
    expect(sending).to_contain_text("không phải ảnh JPEG, PNG, WebP hay PDF đọc được")
    sending.get_by_role("button", name="Bỏ tệp này").click()
    expect(sending).to_be_hidden()


def test_a_piece_answers_where_it_belongs_and_what_is_wrong(world: World, visit: Visit) -> None:
    case, visitor = opened(world), visit("officer")
    content = picture()
    about = {"case": case, "kind": "request", "name": "a.png", "size": str(len(content))}
    headers = {"X-CSRFToken": visitor.token, "X-Background": "1"}
    begun = visitor.client.post(
        "/uploads", data=about | {"sha256": hashlib.sha256(content).hexdigest()}, headers=headers
    ).get_json()
    address = f"/uploads/{begun['id']}"
    assert visitor.client.head(address).headers["Upload-Offset"] == "0"
    wrong = visitor.client.patch(address, data=content, headers={**headers, "Upload-Offset": "5"})
    assert (wrong.status_code, wrong.get_json()["reasons"][0]["needed"]) == (409, 0)
    assert visitor.client.patch(address, data=content, headers={"Upload-Offset": "0"}).status_code == 400
    assert visit("approver").client.head(address).status_code == 404
    done = visitor.client.patch(address, data=content, headers={**headers, "Upload-Offset": "0"})
    assert done.get_json()["offset"] == len(content)
    assert visitor.client.head(address).status_code == 404
    assert Visitor(visitor.app).client.get("/cases", headers={"X-Background": "1"}).status_code == 401
