"""The pages about the API in a browser: drawn whole under our own policy, with no network but ours."""


def test_the_pages_about_the_api_are_drawn_under_our_policy(live_server, browser):
    page = browser.new_page()
    complaints, asked = [], []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.get_by_text("/api/v1/inspections/", exact=True).wait_for()
    assert complaints == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
