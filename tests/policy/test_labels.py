from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from confrere.policy.labels import MAX_ORIGINS, Confidentiality, Integrity, Label, join_all, of_result, parse

names = st.text(alphabet=st.characters(codec=None, exclude_categories=()), min_size=1, max_size=12)
labels = st.builds(
    lambda i, c, o: Label(i, c, tuple(sorted(set(o))[:MAX_ORIGINS]), len(set(o)) > MAX_ORIGINS),
    st.sampled_from(Integrity),
    st.sampled_from(Confidentiality),
    st.lists(names, max_size=24),
)


@given(labels, labels, labels)
def test_join_is_a_least_upper_bound(a: Label, b: Label, c: Label) -> None:
    assert a.join(a) == a
    assert a.join(b) == b.join(a)
    assert a.join(b).join(c) == a.join(b.join(c))
    assert a.below(a.join(b)) and b.below(a.join(b))
    assert join_all([a, b, c]) == a.join(b).join(c).join(Label())


@given(labels)
def test_text_form_comes_back(label: Label) -> None:
    text = label.text()
    assert parse(text) == label
    assert text.isascii() and "\n" not in text and len(text.split(" ")) <= 3


@given(st.text(max_size=60))
def test_what_is_not_a_label_reads_as_the_worst(text: str) -> None:
    label = parse(text)
    words = text.split(" ")
    if words[0] not in ("person", "curated", "installation", "untrusted"):
        assert label.untrusted and label.confidentiality is Confidentiality.SECRET


def test_an_unknown_manifest_word_is_the_worst() -> None:
    assert of_result("mine-honest", "friendly") == Label(Integrity.UNTRUSTED, Confidentiality.SECRET)
    assert of_result("vendor", "public").untrusted
    assert not of_result("own", "private").untrusted
