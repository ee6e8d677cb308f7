"""The browser that other tests rely on."""

from __future__ import annotations

from playwright.sync_api import Page


def test_the_browser_speaks_vietnamese(page: Page) -> None:
    page.set_content("<p id='who'>Hộ nghèo</p>")
    assert page.inner_text("#who") == "Hộ nghèo"
    assert page.evaluate("navigator.language") == "vi-VN"
