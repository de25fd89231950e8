"""Whatever a feed said can stand in XML, and what could stand in it before stays."""

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.domain.xml_text import xml_text


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_any_text_survives_a_document(text: str) -> None:
    clean = xml_text(text)
    element = ET.Element("a", {"b": clean})
    element.text = clean
    read = ET.fromstring(ET.tostring(element, encoding="utf-8"))
    assert (read.text or "") == clean.replace("\r\n", "\n").replace("\r", "\n")
    assert xml_text(clean) == clean


def test_controls_and_turning_marks_go_and_all_else_stays() -> None:
    assert xml_text("a\x00\x08\x1b\x7f\x9f\ufffe\uffff\ud800b\u202e\u2066c") == "abc"
    kept = "tab\tline\n<&> ñ 漢 𝔸 \u200d\u00a0"
    assert xml_text(kept) == kept
