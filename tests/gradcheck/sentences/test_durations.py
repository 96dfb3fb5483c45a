from gradcheck.sentences.durations import duration
from gradcheck.sentences.sentence import told


def test_a_time_is_told_in_the_largest_unit_of_which_there_are_two():
    found = [duration(seconds) for seconds in (3, 90, 130, 8000, 9e6)]
    assert found == ["3 seconds", "90 seconds", "2 minutes", "2.2 hours", "104 days"]
    assert told(found[3], "zh") == "2.2 小时"
