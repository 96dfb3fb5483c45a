import gzip
import re

import numpy as np
import pytest

from reference_nets.reading.csv_data import DataError, read_csv, read_features


@pytest.fixture
def write(tmp_path):
    """Write text to data.csv and give its path."""

    def to_file(text, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file


def says(sentence):
    return pytest.raises(DataError, match="^" + re.escape(sentence) + "$")


def test_a_first_line_without_numbers_is_a_header(write):
    table = read_csv(write("height,width,kind\n1,2,a\n3.5,-4e2,b\n"))
    assert table.feature_names == ("height", "width") and table.label_name == "kind"
    assert table.features.tolist() == [[1, 2], [3.5, -400]] and table.labels == ("a", "b")


def test_a_first_line_with_a_number_is_data(write):
    table = read_csv(write("1,2,a\n3,4,b\n"))
    assert table.feature_names == ("column 1", "column 2") and table.label_name == "column 3"
    assert len(table) == 2


def test_the_header_can_be_stated_where_columns_are_named_by_numbers(write):
    path = write("2019,2020,kind\n1,2,a\n3,4,b\n")
    assert read_csv(path, header=True).feature_names == ("2019", "2020")
    assert read_csv(path, header=False).labels == ("kind", "a", "b")


LABELS = [("b", 1), (1, 1), ("1", 1), (-1, 2), ("-1", 2), (0, 0), (-3, 0), ("a", 0)]


@pytest.mark.parametrize(("label", "place"), LABELS)
def test_the_label_is_chosen_by_name_or_position(write, label, place):
    table = read_csv(write("a,b,c\n1,2,3\n4,5,6\n"), label=label)
    assert table.label_name == "abc"[place]
    assert table.labels == (str(1 + place), str(4 + place))
    assert table.features.tolist() == [[v for v in row if v != row[place]] for row in ([1, 2, 3], [4, 5, 6])]


def test_a_name_goes_before_a_position(write):
    assert read_csv(write("1,0,2\n5,6,7\n"), label="1", header=True).labels == ("5",)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_line_ends_quotes_blank_lines_and_marks_of_spreadsheets_are_understood(write, separator, end):
    rows = ['"the height"', "kind"], ["1", '"a ""b"""'], [" 2 ", "c"]
    table = read_csv(write("\ufeff" + (end + end).join(separator.join(row) for row in rows) + end))
    assert table.feature_names == ("the height",)
    assert table.features.tolist() == [[1], [2]] and table.labels == ('a "b"', "c")


def test_a_compressed_file_reads_like_a_plain_one(write):
    text = b"1,2,a\n3,4,b\n"
    assert read_csv(write(gzip.compress(text), "data.csv.gz")).labels == read_csv(write(text)).labels


BAD = [
    ("", {}, "data.csv is empty, expected one line for each example"),
    ("\n \n", {}, "data.csv is empty, expected one line for each example"),
    ("a,b\n", {}, "data.csv has a header and no rows, expected one line for each example"),
    (
        "a,b,kind\n1,2,x\n3,,y\n",
        {},
        "data.csv, line 3, column 'b': the value is missing; fill it in or remove the line",
    ),
    ("a,kind\n1,x\n\nNA,y\n", {}, "data.csv, line 4, column 'a': the value is missing; fill it in or remove the line"),
    ("a,kind\n1,x\nnan,y\n", {}, "data.csv, line 3, column 'a': the value is missing; fill it in or remove the line"),
    ("a,kind\n1,x\n2,\n", {}, "data.csv, line 3, column 'kind': the label is missing; fill it in or remove the line"),
    (
        "a,kind\n1,x\n2;5,y\n",
        {},
        "data.csv, line 3, column 'a': '2;5' is no number; expected a number such as 5.1, with a decimal point",
    ),
    (
        "a,kind\n1_000,x\n",
        {},
        "data.csv, line 2, column 'a': '1_000' is no number; expected a number such as 5.1, with a decimal point",
    ),
    (
        "a,kind\n1,x\n-inf,y\n",
        {},
        "data.csv, line 3, column 'a': -inf is not finite; expected a number such as 5.1, with a decimal point",
    ),
    (
        "a,b,kind\nq,r,x\ns,t,y\n",
        {},
        "data.csv, line 2, column 'a': 'q' is no number; line 2, column 'b': 'r' is no number; "
        "line 3, column 'a': 's' is no number; and 1 more; expected a number such as 5.1, with a decimal point",
    ),
    (
        "150,height,x\n1,2,y\n",
        {},
        "data.csv, line 1, column 'column 2': 'height' is no number; is that line a header? Then say so",
    ),
    ("1,2,a\n3,b\n", {}, "data.csv, line 2 has 2 columns, expected 3 as in line 1"),
    ("a\nb\n", {}, "data.csv has the label column only, expected at least one feature column beside it"),
    ("a,b\n1,2\n", {"label": "c"}, "data.csv has no column 'c', expected one of a, b"),
    ("a,b\n1,2\n", {"label": 2}, "data.csv has 2 columns, expected a label position from -2 to 1, got 2"),
    ("a,b\n1,2\n", {"label": "-3"}, "data.csv has 2 columns, expected a label position from -2 to 1, got -3"),
    (
        "b,a,a\n1,2,3\n",
        {},
        "data.csv: columns 2 and 3 of the header are both named 'a', expected a name of its own for each column; rename one",
    ),
    ("a,b\n1,2\n", {"label": "--5"}, "data.csv has no column '--5', expected one of a, b"),
    ("a,b\n1,2\n", {"label": "\u00b2"}, "data.csv has no column '\u00b2', expected one of a, b"),
    ('a,b\n1,"2\n', {}, "data.csv, line 2: unexpected end of data"),
]


@pytest.mark.parametrize(("text", "options", "sentence"), BAD)
def test_an_unreadable_file_is_described_in_one_sentence(write, text, options, sentence):
    with says(sentence):
        read_csv(write(text), **options)


@pytest.mark.parametrize(
    ("content", "name"), [("a,b\n1,\u00e9\n".encode("latin-1"), "data.csv"), (b"a,b\n1,2\n", "data.csv.gz")]
)
def test_a_file_that_is_no_utf8_text_says_how_to_save_it(write, content, name):
    with pytest.raises(DataError, match=r"is no text file in UTF-8 \(.*\); save it as CSV \(UTF-8\)$"):
        read_csv(write(content, name))


def test_a_truncated_compressed_file_is_refused(write):
    with pytest.raises(DataError, match="is no text file in UTF-8"):
        read_csv(write(gzip.compress(b"1,2,a\n" * 100)[:-12], "data.csv.gz"))


def test_a_file_that_is_not_there_is_an_os_error_with_its_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.csv"):
        read_csv(tmp_path / "missing.csv")


def test_new_rows_whose_columns_share_a_name_are_refused(write):
    with says(
        "data.csv: columns 1 and 2 of the header are both named 'x', expected a name of its own for each column; rename one"
    ):
        read_features(write("x,x,l\n1,2,a\n"), ("x", "x"))


def test_new_rows_find_their_columns_by_name_in_any_order(write):
    path = write("kind,width,height\nx,2,1\ny,4,3\n")
    table = read_features(path, ("height", "width"))
    assert table.features.tolist() == [[1, 2], [3, 4]] and table.labels == ()


def test_new_rows_without_a_header_are_taken_by_their_order(write):
    assert read_features(write("1,2\n3,4\n"), ("height", "width")).features.tolist() == [[1, 2], [3, 4]]


def test_rows_for_a_model_without_column_names_are_taken_by_their_order(write):
    assert read_features(write("height,width\n1,2\n"), ("column 1", "column 3")).features.tolist() == [[1, 2]]


MISFITS = [
    ("height,breadth\n1,2\n", "data.csv has the columns height, breadth"),
    ("1,2,x\n", "data.csv has the columns column 1, column 2, column 3"),
    ("a,b,c,d,e,f,g,h,i,j\n1,1,1,1,1,1,1,1,1,1\n", "data.csv has the columns a, b, c, d, e, f, g, h, ... (10 columns)"),
]


@pytest.mark.parametrize(("text", "found"), MISFITS)
def test_rows_that_are_not_the_models_say_which_columns_were_expected(write, text, found):
    with says(f"{found}, expected height, width: the features that the model was trained on"):
        read_features(write(text), ("height", "width"))


def test_numbers_are_read_to_the_last_bit(write):
    values = np.random.default_rng(0).standard_normal((20, 2))
    text = "".join(f"{a!r},{b!r},x\n" for a, b in values.tolist())
    assert read_csv(write(text)).features.tolist() == values.tolist()
