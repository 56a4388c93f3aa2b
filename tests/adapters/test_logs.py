import json
import logging

import pytest

from adapters.assembly import JsonLine, TextLine


@pytest.fixture
def record():
    raised = ValueError("what somebody wrote")
    trace = (ValueError, raised, None)
    return logging.LogRecord("lib", logging.ERROR, "x.py", 1, 'it said "%s"', ("no",), trace)


def test_a_json_line_is_json_whatever_it_quotes(record):
    told = json.loads(JsonLine().format(record))
    assert (told["event"], told["level"], told["raised"]) == (
        'it said "no"',
        "ERROR",
        "ValueError",
    )


@pytest.mark.parametrize("formatter", [JsonLine(), TextLine()])
def test_an_exception_is_logged_by_its_type_alone(formatter, record):
    line = formatter.format(record)
    assert "ValueError" in line
    assert "somebody" not in line
    assert "\n" not in line
