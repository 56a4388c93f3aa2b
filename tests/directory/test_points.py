"""A shared point becomes the countries within 30 km and a clock."""

import pytest

from directory.points import Points

pytestmark = pytest.mark.places


@pytest.fixture(scope="module")
def points(directory):
    return Points(directory.atlas.gazetteer)


@pytest.mark.parametrize(
    ("latitude", "longitude", "codes", "timezone"),
    [
        pytest.param(52.5, 13.4, ["DE"], "Europe/Berlin", id="berlin"),
        pytest.param(42.3149, -83.0364, ["CA", "US"], "America/Toronto", id="windsor, ontario"),
        pytest.param(32.552, -117.043, ["US", "MX"], "America/Los_Angeles", id="san ysidro"),
        pytest.param(
            49.05, -111.96, ["CA", "US"], "America/Edmonton", id="no town near the border"
        ),
        pytest.param(47.56, 7.59, ["CH", "DE", "FR"], "Europe/Zurich", id="basel"),
        pytest.param(42.66, 21.16, ["RS", "XK"], "Europe/Belgrade", id="one zone, two countries"),
        pytest.param(54.0, 8.0, ["DE"], "Europe/Berlin", id="just off the coast"),
        pytest.param(-16.8, 180, ["FJ"], "Pacific/Fiji", id="on the date line"),
        pytest.param(-90, 0, ["AQ"], "Antarctica/McMurdo", id="the south pole"),
    ],
)
def test_the_countries_around_a_point(points, latitude, longitude, codes, timezone):
    """Seen red without the rings: a border need have no town."""
    places = points.places_at(latitude, longitude)
    assert [place.code for place in places] == codes
    assert places[0].timezone == timezone


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(0, -30), (90, 0), (91, 0), (0, 181), (float("nan"), 0), (float("inf"), 0)],
    ids=["at sea", "the north pole", "too far north", "too far east", "no number", "infinite"],
)
def test_a_point_that_lies_nowhere_is_nowhere(points, latitude, longitude):
    assert points.places_at(latitude, longitude) == ()
