import pytest

from logit_adjustment_kedro.datasets import PageDataset


@pytest.mark.parametrize("text", ["", "<p>τ = 1 — naïve</p>\n", "a\r\nb\nc\rd"])
def test_a_page_comes_back_to_the_letter(text, tmp_path):
    page = PageDataset(filepath=str(tmp_path / "page.html"))
    page.save(text)
    assert page.load() == text
    assert (tmp_path / "page.html").read_bytes() == text.encode("utf-8")
