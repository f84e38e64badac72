"""A large file from the page: in chunks, on behind what arrived after a cut and after the page was left."""

import pytest
from playwright.sync_api import Route

from intake.models import ChunkedFile, Upload
from tests.intake.files import book

LOTS = 400


@pytest.mark.soak
def test_a_large_file_goes_on_after_a_cut_and_after_the_page_was_left(chain, come_in, tmp_path):
    path = tmp_path / "5月.csv"
    path.write_bytes(book(*((f"J{number}", 0) for number in range(LOTS))))
    page = come_in(chain.clerk)
    sent: list[str] = []
    hanging: list[Route] = []

    def begin(handler) -> None:
        page.goto("about:blank")
        for route in hanging:
            route.abort()  # what hangs goes with its page; left alone it would arrive after all
        hanging.clear()
        page.unroute_all()
        page.route("**/uploads/chunked/*/", handler)
        page.goto("/uploads/")
        page.evaluate("document.querySelector('[data-drop]').dataset.chunk = 5000")
        page.set_input_files("#files", path)

    def hang_behind_the_first(route) -> None:
        if route.request.headers.get("upload-offset", "0") == "0":
            route.continue_()
        else:
            hanging.append(route)

    def cut_the_second(route) -> None:
        if route.request.method == "PATCH":
            sent.append(route.request.headers["upload-offset"])
        if len(sent) == 2 and route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    begin(hang_behind_the_first)
    page.wait_for_selector("#file-list li .sub:has-text('5 kB /')")
    assert ChunkedFile._base_manager.get().received == 5000
    begin(cut_the_second)
    page.wait_for_selector("#file-list li:has-text('5月.csv') a:has-text('预览后提交')")
    assert sent[:3] == ["5000", "10000", "10000"]
    upload = Upload._base_manager.get()
    assert (upload.state, upload.counts["new"]) == ("understood", LOTS)
    assert ChunkedFile._base_manager.get().upload_id == upload.pk
