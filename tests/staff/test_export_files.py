"""The files of exports give back what went into them; their layouts fit the procedures."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from webapp.app import load_ward
from webapp.kit.clock import now
from webapp.staff.rules_cells import (
    fit_shift_jis,
    has_shift_jis,
    open_formula,
)
from webapp.staff.rules_layouts import (
    Column,
    ColumnDefinition,
    Layout,
    LayoutDefinition,
    find_layout_faults,
    list_for,
    spread,
)
from webapp.staff.service_export_files import REPORT_NAME, write_csv, write_json, write_shift_jis
from webapp.staff.service_exports import Row
from webapp.staff.service_layouts import load_layouts


def columns(*headings):
    return [Column(one, one, ColumnDefinition(heading=one, fixed="")) for one in headings]


rows_of_text = st.lists(st.tuples(st.text(), st.text()), max_size=5)


@given(rows_of_text)
def test_any_text_comes_back_from_csv(rows):
    batches = [[Row("r", list(one))] for one in rows]
    content = b"".join(write_csv(columns("a", "b"), batches)).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(content, newline="")))
    assert found[0] == ["a", "b"]
    assert [[open_formula(cell) for cell in row] for row in found[1:]] == [list(one) for one in rows]


@given(rows_of_text)
def test_any_text_comes_back_from_json(rows):
    batches = [[Row("r", list(one)) for one in rows], []]
    content = b"".join(write_json(batches, columns("a", "b"), "http://x/schema.json", now()))
    assert json.loads(content)["applications"] == [{"a": a, "b": b} for a, b in rows]


@tuned(max_examples=50)
@given(rows_of_text, st.sampled_from(["〓", ""]))
def test_a_shift_jis_file_and_its_report_say_everything_together(rows, instead):
    batches = [[Row(f"r{n}", list(one))] for n, one in enumerate(rows)]
    content = b"".join(write_shift_jis(columns("a", "b"), batches, instead, "x.csv"))
    archive = zipfile.ZipFile(io.BytesIO(content))
    found = list(csv.reader(io.StringIO(archive.read("x.csv").decode("cp932"), newline="")))[1:]
    report = list(csv.reader(io.StringIO(archive.read(REPORT_NAME).decode("utf-8-sig"), newline="")))[1:]
    lost = [[open_formula(cell) for cell in row] for row in report]
    want = [
        (f"r{n}", name, one) for n, row in enumerate(rows) for name, words in zip("ab", row, strict=True)
        for one in words if not has_shift_jis(one)
    ]  # fmt: skip
    assert [(one[0], one[1], one[2]) for one in lost] == want
    assert [[open_formula(cell) for cell in row] for row in found] == [
        [fit_shift_jis(words, instead)[0] for words in row] for row in rows
    ]


def test_the_layouts_of_the_content_are_sound(settings):
    ward = load_ward(settings)
    layouts = load_layouts(settings.content_dir)
    assert layouts
    assert list(find_layout_faults(layouts, ward.catalogue.procedures, ward.dictionary)) == []


BAD = {
    "it needs exactly one of": {"heading": "x"},
    "it has no heading": {"fixed": "1"},
    "does not exist": {"heading": "x", "fact": "no.such"},
    "does not ask": {"heading": "x", "fact": "bank.account"},
    "has no part": {"heading": "x", "fact": "applicant.name", "part": "postal"},
    "is not asked about the people": {"heading": "x", "fact": "applicant.name", "item": "dog.sex"},
    "belong to a fact": {"heading": "x", "builtin": "receipt", "part": "name"},
    "is no option of": {"heading": "x", "fact": "dog.sex", "codes": {"cat": "1"}},
    "person is a place on a list": {"heading": "x", "fact": "applicant.name", "person": 0},
}


@pytest.mark.parametrize("fault", BAD)
def test_a_wrong_column_is_a_fault_that_names_its_file(settings, fault):
    ward = load_ward(settings)
    layout = Layout("dog-registration", "x", LayoutDefinition(title="x", columns=[ColumnDefinition(**BAD[fault])]))
    found = list(find_layout_faults([layout], ward.catalogue.procedures, ward.dictionary))
    if fault == "does not ask" and not found[0].endswith("bank.account"):
        pytest.skip("the dictionary has no such fact")
    assert any(fault in one and one.startswith("layouts/dog-registration/x.yaml: column 1") for one in found), found


def test_the_layout_of_all_answers_has_a_column_for_each_and_no_name_twice(settings):
    ward = load_ward(settings)
    for slug, procedure in ward.catalogue.procedures.items():
        for layout in list_for(load_layouts(settings.content_dir), slug):
            found = spread(layout, procedure, ward.dictionary)
            assert len({one.name for one in found}) == len(found)
            if layout.key == "shared.all" and procedure.define.form:
                asked = {ask.fact for ask in procedure.define.form.asks}
                shown = {one.define.fact for one in found}
                assert {one for one in asked - shown if ward.dictionary.facts[one].define.kind != "person"} == set()
