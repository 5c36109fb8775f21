"""Makes the pictures of the documents anew, from the simulators: invented people, light theme.

    python -m tests.browser.pictures                 all of them, into docs/images
    python -m tests.browser.pictures set-up          the set-up, or `daily`: the daily work

Look at each before you commit it. Needs Playwright and a Chromium; takes a few minutes.
"""

import argparse
import base64
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qbwc_service.demo.programs import Program
from qbwc_service.demo.run import NAME, Demo
from tests.browser import person, test_first_hour
from tests.browser.conftest import PATIENCE_MS, chromium, playwright
from tests.browser.person import Page, follow, look, look_until, press, sees
from tests.browser.scene import scene_of
from tests.browser.test_every_page import fill

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTH = 1280
#: seconds, on a computer that does much else
READERS_START = 400.0
_AS_WEBP = """async (png) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.9).split(",")[1];
}"""
#: from the first hour: the name of the look, the picture, and how many pixels high it may be
SET_UP = {
    "first-hour-1-welcome": ("set-up-welcome", 700),
    "first-hour-2-keap": ("set-up-keap", 560),
    "first-hour-4-company": ("set-up-quickbooks", 860),
    "first-hour-5-form": ("set-up-questions", 560),
    "first-hour-preview": ("set-up-preview", 860),
    "first-hour-12-choose": ("set-up-send-three", 480),
    "first-hour-14-switch-on": ("set-up-switch-on", 760),
}
#: from the demo after its first day: where, and how high
DAILY = {
    "home": (f"/c/{NAME}/home", 480),
    "orders": (f"/c/{NAME}/orders", 900),
    "needs-you": (f"/c/{NAME}/needs-you", 960),
    "order": (f"/c/{NAME}/orders/{{order}}", 1100),
    "errors": (f"/c/{NAME}/errors", 860),
    "reconcile": (f"/c/{NAME}/reconcile", 960),
    "manual-sync": (f"/c/{NAME}/sync/1", 600),
    "undo": (f"/c/{NAME}/orders/{{order}}/undo", 480),
}


def names() -> set[str]:
    """The files that are made."""
    return {f"{name}.webp" for name in (*DAILY, *(name for name, _ in SET_UP.values()))}


@dataclass(frozen=True)
class Camera:
    """Takes pictures of `page`, and has another page of the browser make them small."""

    page: Page
    developer: Page
    images: Path

    def take(self, name: str, height: int) -> None:
        """The top of the page, without what is below `height`."""
        whole = self.page.locator("html").bounding_box() or {"height": height}
        tall = min(height, int(whole["height"]))
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": tall}
        taken = base64.b64encode(self.page.screenshot(full_page=True, clip=clip)).decode("ascii")
        small = base64.b64decode(self.developer.evaluate(_AS_WEBP, taken))
        (self.images / f"{name}.webp").write_bytes(small)
        print(f"{name}.webp: {len(small):,} bytes", flush=True)

    def look(self, shown: Mapping[str, tuple[str, int]], page: Page, look_of: str) -> None:
        """As `person.look` calls it: a picture where one is shown."""
        if page == self.page and look_of in shown:
            self.take(*shown[look_of])


def set_up(camera: Camera, folder: Path) -> None:
    """The first hour, from *Add connection* to the switch."""
    person.CAMERAS.append(partial(camera.look, SET_UP))
    walk, page = test_first_hour, camera.page
    try:
        with scene_of(folder, walk.shop(), items=["HAMMER"], taken_numbers=["1"]) as scene:
            walk.welcome(page, scene)
            walk.connect_keap(page)
            password = walk.connect_quickbooks(page, scene)
            walk.answer_six_questions(page)
            walk.match_products(page, scene, password)
            page.goto(f"{scene.url}/c/acme/preview")
            follow(page, walk.of_today(scene)[0])
            look(page, "first-hour-preview")
            page.go_back()
            page.go_back()
            walk.send_three(page, scene, password)
            follow(page, "Go on: look at them in QuickBooks")
            page.get_by_label("They look right").check()
            look(page, "first-hour-14-switch-on")
            press(page, "Switch on")
            sees(page, "All good.")
    finally:
        person.CAMERAS.pop()


def daily(camera: Camera, folder: Path) -> None:
    """The pages of every day, with the demo's orders in them."""
    page = camera.page
    demo = Demo(folder, orders=40, bulk=None, port=0)
    with ExitStack() as at_the_end:
        at_the_end.callback(demo.stop)
        demo.start()
        demo.sync()
        demo.sessions(add=True)
        reader = Program(
            "reader",
            ["qbwc_service", "stage"],
            log=folder / "reader.log",
            environment=demo.environment,
        )
        at_the_end.callback(reader.stop)
        page.goto(demo.url)
        page.get_by_label("Name").fill("owner")
        page.get_by_label("Password").fill(demo.admin_password)
        press(page, "Sign in")
        fill(page, demo.url)
        page.goto(f"{demo.url}/c/{NAME}/sync/1")
        under_way = page.get_by_text("This page shows by itself how it goes on")
        look_until(page, lambda: not under_way.is_visible(), READERS_START)
        demo.sessions()
        order = next(each["keap_id"] for each in demo.orders() if _shows_much(each))
        for name, (address, height) in DAILY.items():
            page.goto(demo.url + address.format(order=order))
            page.wait_for_load_state()
            camera.take(name, height)


def _shows_much(order: Mapping[str, object]) -> bool:
    """Its form and a payment are in QuickBooks."""
    postings = order["postings"]
    return order["status"] == "posted" and isinstance(postings, list) and len(postings) > 1


@contextmanager
def camera_of(images: Path) -> Iterator[Camera]:
    """A page as the tests have it on a desk: without JavaScript, so that nothing moves."""
    path = chromium()
    if path is None:
        raise SystemExit("No Chromium is installed.")
    arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=arguments)
        context = started.new_context(
            viewport={"width": WIDTH, "height": 900},
            java_script_enabled=False,
            color_scheme="light",
        )
        context.set_default_timeout(PATIENCE_MS * 4)
        yield Camera(context.new_page(), started.new_page(), images)
        started.close()


def main() -> None:
    """What the arguments ask for."""
    parts = {"set-up": set_up, "daily": daily}
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures")
    parser.add_argument("part", nargs="?", choices=[*parts], help="without it, both")
    parser.add_argument("--folder", type=Path, default=IMAGES)
    options = parser.parse_args()
    for part in [options.part] if options.part else parts:
        with camera_of(options.folder) as camera, tempfile.TemporaryDirectory() as folder:
            parts[part](camera, Path(folder))


if __name__ == "__main__":
    main()
