#!/usr/bin/env python3
"""Holds rendered sites against the budgets of the page in a real Chromium: docs/page.md.

The first site is looked at most closely: keyboard, ranges, theme, comparison, paper. It needs more than 90 nights. In the
others data may attack: `--shows NAME=TEXT` says what has to be read on the site NAME as plain text. Ends with a line that
counts, and with 1 when anything failed. What it needs is installed by `scripts/setup page`.
"""
import argparse
import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from browser import Checks, Visit, served, tip_is_readable
from files import Site, check_html, check_links, check_page_file

WIDTHS, NODES = (320, 390, 768, 1200), 2_000
SECTIONS = (".hero", ".strip", ".trend", ".multiples", ".curve", ".heat", ".ends", ".shards", "#nights")


def instant(date, days=0):
    """Nine in the morning, UTC."""
    return f"{datetime.date.fromisoformat(date) + datetime.timedelta(days=days)}T09:00:00Z"


def axe(page):
    found = Axe().run(page).response["violations"]
    return "; ".join(f"{f['id']} ({len(f['nodes'])}) {f['nodes'][0]['target']}" for f in found)


def check_page(check, browser, name, url, now):
    """What holds for every page, whatever its data."""
    with Visit(browser, url, now=now) as visit:
        page = visit.page
        check(f"{name}: one request", len(visit.requests) == 1, ", ".join(visit.requests[1:]))
        nodes = page.evaluate("document.querySelectorAll('*').length")
        check(f"{name}: nodes", nodes <= NODES, nodes)
        check(f"{name}: no layout shift", visit.shifts() == 0)
        over = {width: visit.overflow(width) for width in WIDTHS}
        check(f"{name}: no horizontal scroll", not any(over.values()), over if any(over.values()) else "")
        page.set_viewport_size({"width": 1200, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = axe(page)
            check(f"{name}: axe, {scheme}", not found, found)
        foreign = page.evaluate(
            "[document.scripts.length - 1, document.querySelectorAll('img, iframe, object, embed, base, [onerror], [onload], [href^=javascript]').length]")
        check(f"{name}: no element from data", foreign == [0, 0], foreign if foreign != [0, 0] else "")
        check(f"{name}: nothing said on the console", not visit.said, visit.said or "")
    with Visit(browser, url, 390, "dark", now=now) as visit:
        links = visit.page.locator("a:has(> .tip):visible")
        if links.count():
            links.last.focus()
            found = axe(visit.page)
            check(f"{name}: axe with an open tip on a phone", not found, found)


def check_slow(check, browser, name, url):
    """A page that comes in pieces stays where it is: cells and columns have their places before the last one is there."""
    for width in (1200, 390):
        with Visit(browser, url, width) as visit:
            shifts = visit.shifts()
            check(f"{name}: no layout shift while it comes in, {width} px", shifts < 0.01, f"{shifts:.5f}")


def check_stale(check, browser, site, url):
    with Visit(browser, url, now=instant(site.newest)) as visit:
        after = visit.page.evaluate("document.documentElement.dataset.staleAfter")
        check(f"{site.name}: a new page does not say that it is old", not visit.is_visible("p.stale"))
    with Visit(browser, url, now=instant(site.newest, days=3)) as visit:
        shown = visit.is_visible("p.stale") and visit.shifts() == 0
        check(f"{site.name}: an old page {'says so' if after else 'that cannot grow old does not say so'}", shown == bool(after))


def check_shown(check, browser, site, url, texts):
    """Hostile names as they are, on one of its pages: the index shows fewer endpoints than a night's page."""
    bodies = []
    for _, _, address, _ in site.pages if texts else []:
        with Visit(browser, url + address) as visit:
            bodies.append(visit.page.locator("body").text_content())
    for text in texts:
        check(f"{site.name}: shows as text {text!r}", any(text in body for body in bodies))


def check_tips(check, browser, site, url):
    """Every tip by Tab where no script runs, and by arrow keys where it does."""
    with Visit(browser, url, script=False) as visit:
        shown = visit.page.locator("a:has(> .tip):visible").count()
        seen = set()
        for _ in range(3 * shown + 100):
            visit.page.keyboard.press("Tab")
            at = visit.page.evaluate("""(() => {
                const tip = document.activeElement.querySelector?.(':scope > .tip'), r = tip?.getBoundingClientRect()
                return tip && r.width > 40 && r.height > 20 ? tip.closest('[data-walk]').className + tip.textContent : null
            })()""")
            seen |= {at} - {None}
        check(f"{site.name}: every tip by Tab, without script", shown > 0 and len(seen) == shown, f"{len(seen)} of {shown}")
    for width in (1200, 320):
        with Visit(browser, url, width) as visit:
            for number, group in enumerate(visit.page.locator("[data-walk]:visible").all()):
                links = group.locator("a").all()
                links[-1].focus()
                good = tip_is_readable(links[-1])
                for link in links[-2::-1]:
                    visit.page.keyboard.press("ArrowLeft")
                    good &= link.evaluate("a => a === document.activeElement") and tip_is_readable(link)
                visit.page.keyboard.press("End")
                good &= links[-1].evaluate("a => a === document.activeElement")
                check(f"{site.name}: tips of group {number + 1} by arrow keys, {width} px", good, len(links))
            check(f"{site.name}: tips do not widen the page, {width} px", visit.overflow(width) == 0)


def check_index(check, browser, site, url):
    newest, first = site.newest, site.nights[0]
    with Visit(browser, url) as visit:
        page = visit.page
        page.keyboard.press("ArrowLeft")
        day = str(int(newest[-2:]))
        check("an arrow key from anywhere goes to the newest night", page.evaluate("document.activeElement.textContent").startswith(day))
        page.keyboard.press("Escape")
        check("Escape closes a tip", page.evaluate("document.activeElement === document.body"))
        for key in ("90", "all", "30"):
            page.locator(f"label[for=range-{key}]").click()
            check(f"range {key}", visit.is_visible(f".p-{key}") and page.locator(".plot:visible").count() == 1)
        page.locator(".theme").click()
        page.reload()
        check("the theme is kept", page.evaluate("document.documentElement.dataset.theme") == "dark")
        page.evaluate("(() => { const s = document.createElement('script'); s.textContent = 'window.foreign = 1'; document.head.append(s) })()")
        check("the policy stops a foreign script", page.evaluate("window.foreign === undefined"))
    with Visit(browser, f"{url}#n-{first}") as visit:
        visit.page.wait_for_url(f"**/night/{first}/")
        check("an old permalink finds its night", True)
    with Visit(browser, url, script=False) as visit:
        hidden = [section for section in SECTIONS if not visit.is_visible(section)]
        visit.page.locator("label[for=range-all]").click()
        check("whole without script", not hidden and visit.is_visible(".p-all") and not visit.is_visible(".theme, p.stale"), hidden or "")


def check_night(check, browser, site, url):
    """Compared with a night that its page does not list."""
    other = site.nights[-40]
    with Visit(browser, f"{url}night/{site.newest}/?with={other}") as visit:
        page = visit.page
        page.locator("#said", has_text="Beside").wait_for()
        cells = page.locator("tr[data-key=p95] td").all_inner_texts()
        name = page.locator("#with-name").inner_text()
        check("?with= compares with any night", str(int(other[-2:])) == name.split()[0] and all(cells) and cells[1] != "–" and not visit.said, [name, *cells])
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**/night/{site.nights[-2]}/")
        check("an arrow key walks the nights' pages", True)
    with Visit(browser, f"{url}night/{site.newest}/?with=1999-01-01") as visit:
        visit.page.locator("#said", has_text="There is no page for 1999-01-01.").wait_for()
        check("?with= says that there is no such night", True)


def check_paper(check, browser, site, url):
    with Visit(browser, url, 718, "dark") as visit, tempfile.TemporaryDirectory() as folder:
        visit.page.emulate_media(media="print")
        look = visit.page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color, document.querySelector('.top nav').offsetHeight]")
        luminance = sum(map(int, look[1][4:-1].split(", ")))
        check(f"{site.name}: paper is dark on white, without navigation", look[0] == "rgb(255, 255, 255)" and luminance < 200 and look[2] == 0, look)
        check(f"{site.name}: paper is not cut off", visit.overflow(718) == 0)
        visit.page.pdf(path=f"{folder}/page.pdf", format="A4", print_background=False, prefer_css_page_size=True)
        if shutil.which("pdftotext"):
            text = subprocess.run(["pdftotext", "-layout", f"{folder}/page.pdf", "-"], capture_output=True, text=True).stdout
            check(f"{site.name}: paper has the verdict and every night", "The limit is 800." in text and all(
                f"{int(date[-2:])} " in text for date in site_dates(visit)), f"{text.count(chr(12))} pages")


def site_dates(visit):
    return [row[2:] for row in visit.page.evaluate("[...document.querySelectorAll('#nights tr[id]')].map(r => r.id)")]


def check_site(check, browser, site, url, texts, is_first):
    for name, path, address, budget in site.pages:
        check.whole(name, check_page_file, name, path, budget)
        check.whole(name, check_links, name, site, path)
        check.whole(name, check_page, browser, name, url + address, instant(site.newest) if site.nights else None)
    with served(site.folder, piece=2000) as slow:
        for name, _, address, _ in site.pages:
            check.whole(name, check_slow, browser, name, slow + address)
    check.whole(site.name, check_shown, browser, site, url, texts)
    if site.nights:
        check.whole(site.name, check_stale, browser, site, url)
    if is_first:
        for part in (check_tips, check_index, check_night, check_paper):
            check.whole(part.__name__, part, browser, site, url)


def take_shots(browser, url, site, folder):
    """The page as documents show it."""
    folder.mkdir(parents=True, exist_ok=True)

    def shot(name, address, width, scheme, act=None, last=None):
        """Down to the end of the section `last`, else the whole page."""
        with Visit(browser, address, width, scheme, now=instant(site.newest)) as visit:
            if act:
                act(visit.page)
            clip = last and {"x": 0, "y": 0, "width": width, "height": 24 + visit.page.evaluate(
                "last => document.querySelector(last).getBoundingClientRect().bottom + scrollY", last)}
            visit.page.screenshot(path=folder / f"{name}.png", full_page=True, caret="initial", clip=clip)

    def open_tip(ago):
        return lambda page: page.locator(".p-30 .hits a").nth(-ago).focus()

    shot("page-dark", url, 1200, "dark", last=".pair")
    shot("page-light", url, 1200, "light", open_tip(11), last=".pair")
    shot("page-phone", url, 390, "dark", last=".pair")
    for scheme, ago in (("dark", 3), ("light", 11)):
        shot(f"whole-{scheme}", url, 1200, scheme)
        shot(f"whole-phone-{scheme}", url, 390, scheme, open_tip(ago))
    night = f"{url}night/{site.newest}/"
    shot("night-light", night, 1200, "light")
    shot("night-phone", night, 390, "dark")
    for key in ("90", "all"):
        if len(site.nights) > 90:
            shot(f"range-{key}", url, 1200, "dark", lambda page: page.locator(f"label[for=range-{key}]").click())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sites", nargs="+", metavar="SITE", help="a folder with index.html; the name of its folder is its own, report/ its parent's")
    parser.add_argument("--shows", action="append", default=[], metavar="NAME=TEXT")
    parser.add_argument("--shots", type=pathlib.Path, metavar="DIR", help="take screenshots of the first site, and check nothing")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    options = parser.parse_args()
    begun, check, sites = time.monotonic(), Checks(), [Site(folder) for folder in options.sites]
    shown = [text.partition("=")[::2] for text in options.shows]
    unknown = {name for name, _ in shown} - {site.name for site in sites}
    if unknown:
        parser.error(f"--shows names {', '.join(sorted(unknown))}, which is none of the sites")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        if options.shots:
            with served(sites[0].folder) as url:
                take_shots(browser, url, sites[0], options.shots)
            return
        check.whole("vnu", check_html, [path for site in sites for _, path, _, _ in site.pages])
        for site in sites:
            with served(site.folder) as url:
                texts = [text for name, text in shown if name == site.name]
                check_site(check, browser, site, url, texts, is_first=site is sites[0])
        browser.close()
    print(f"page: {check.passed + len(check.failed)} checks of {len(sites)} sites, {len(check.failed)} failed, {time.monotonic() - begun:.0f} s")
    sys.exit(bool(check.failed))


if __name__ == "__main__":
    main()
