"""The pages for people hang together: their links, headings and pictures."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import written
import yaml

from logit_adjustment_kedro import __version__

CODE_SPAN = re.compile(r"(`+)(.+?)\1", re.S)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.M)
OF_PAGES = pytest.mark.parametrize("path", written.PAGES, ids=written.name_of)


def slug(heading: str) -> str:
    """Returns the anchor that GitHub makes of a heading."""
    text = LINK.sub(r"\2", heading).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    """Returns the anchors of a page; of a heading that comes again, with a number."""
    found, seen = set(), Counter()
    for _, heading in HEADING.findall(written.prose(path)):
        name = slug(heading)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(found)


def links(path: Path) -> list[tuple[bool, str, str]]:
    """Returns whether each link of a page is of a picture, its text and target."""
    # In a link's text, code may stand; a link in code is none.
    text = CODE_SPAN.sub(lambda m: re.sub(r"[\[\]()]", "", m[2]), written.prose(path))
    return [(mark == "!", label, target) for mark, label, target in LINK.findall(text)]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("On a GPU", "on-a-gpu"),
        ("`fast`, seed by seed", "fast-seed-by-seed"),
        ("A class with 5, 50, 500 images", "a-class-with-5-50-500-images"),
        ("Your own model's logits", "your-own-models-logits"),
        ("What [each](x.md#y) *is* worth_it", "what-each-is-worth_it"),
    ],
)
def test_anchors_are_made_as_github_makes_them(heading, anchor):
    assert slug(heading) == anchor


@OF_PAGES
def test_every_link_leads_somewhere(path):
    found = links(path)
    assert len(found) == written.prose(path).count("](")
    for is_picture, text, target in found:
        assert text.strip(), target
        if re.match(r"https://", target):
            continue
        assert ":" not in target and not target.startswith("/"), target
        file, _, anchor = target.partition("#")
        leads_to = (path.parent / file).resolve() if file else path
        assert leads_to.is_file(), f"{path}: {target}"
        assert leads_to.name in [f.name for f in leads_to.parent.iterdir()]  # its case
        assert is_picture == (leads_to.suffix == ".png"), target
        if anchor:
            assert anchor in anchors(leads_to), f"{path}: {target}"


@OF_PAGES
def test_a_page_has_one_title_and_skips_no_level(path):
    levels = [len(marks) for marks, _ in HEADING.findall(written.prose(path))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    pairs = zip(levels, levels[1:], strict=False)
    assert all(after <= before + 1 for before, after in pairs)


@OF_PAGES
def test_a_page_is_markdown_without_html_and_no_line_is_long(path):
    assert not re.search(r"<[a-zA-Z/!]", CODE_SPAN.sub("", written.prose(path)))
    for line in path.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 120 or line.startswith(("|", "kedro ", " ")), line


def test_every_page_and_every_picture_is_shown_by_another():
    shown = {
        (path.parent / target.partition("#")[0]).resolve()
        for path in written.PAGES
        for _, _, target in links(path)
        if not target.startswith(("https:", "#"))
    }
    pictures = (written.ROOT / "docs").glob("*.png")
    pages = [path for path in written.PAGES if path.name != "README.md"]
    assert {*pictures, *pages} <= shown


def test_the_version_is_the_same_wherever_it_is_told():
    cited = yaml.safe_load((written.ROOT / "CITATION.cff").read_text())
    assert cited["version"] == __version__
    changes = written.page("CHANGELOG.md")
    assert f"## {__version__}\n" in changes.read_text()
