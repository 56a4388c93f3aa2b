"""Which countries and clock a point on the map lies in. The point itself is kept nowhere."""

import math
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Final

from timezonefinder import TimezoneFinder

from directory.gazetteer import Gazetteer
from directory.model import Place

BORDER_KILOMETRES: Final = 30
"""Nearer than this to a border, both countries' help may be the nearest. DESIGN section 5."""

DIRECTIONS: Final = 16
RINGS: Final = (10, 20, 30)
"""Kilometres from the point at which the map is asked, in each direction."""

KILOMETRES_A_DEGREE: Final = 111.2


class Points:
    """The zones of the world, in memory: some 45 MB, so made where points are shared.

    Zones come from timezonefinder's data (© OpenStreetMap contributors, ODbL), a zone's country
    from the IANA list `zone.tab`, cities near a border from the gazetteer.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._zones = TimezoneFinder(in_memory=True)
        self._countries = _countries_of_zones()
        self._gazetteer = gazetteer

    def places_at(self, latitude: float, longitude: float) -> tuple[Place, ...]:
        """Return every country within 30 km of a point, its own first, with the point's clock.

        () far out at sea and beyond the map. Several also where one zone cannot tell countries
        apart: Serbia and Kosovo share one.
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - the map
            return ()
        zones = dict.fromkeys(
            zone
            for north, east in [(latitude, longitude), *_around(latitude, longitude)]
            if (zone := self._zones.timezone_at(lat=north, lng=east) or "") in self._countries
        )
        clocks = {country: zone for zone in reversed(zones) for country in self._countries[zone]}
        countries = [country for zone in zones for country in self._countries[zone]]
        for number in self._gazetteer.around(latitude, longitude, BORDER_KILOMETRES):
            city = self._gazetteer.entry(number)
            countries.append(city.country)
            clocks.setdefault(city.country, city.zone)
        return tuple(
            Place(code=country, country=country, kind="country", timezone=clocks[country])
            for country in dict.fromkeys(countries)
        )


def _around(latitude: float, longitude: float) -> Iterator[tuple[float, float]]:
    """Yield points on rings about a point, those beyond the date line on its other side."""
    narrow = max(math.cos(math.radians(latitude)), 0.01)
    for kilometres in RINGS:
        degrees = kilometres / KILOMETRES_A_DEGREE
        for step in range(DIRECTIONS):
            angle = 2 * math.pi * step / DIRECTIONS
            north = max(-90.0, min(90.0, latitude + degrees * math.sin(angle)))
            east = longitude + degrees * math.cos(angle) / narrow
            yield north, (east + 180) % 360 - 180


def _countries_of_zones() -> Mapping[str, tuple[str, ...]]:
    """Return the ISO 3166-1 code of every zone. https://data.iana.org/time-zones/tz-link.html."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    # XK is not in the ISO list, so zone.tab has Kosovo under Serbia.
    return {row[2]: (row[0],) for row in rows} | {"Europe/Belgrade": ("RS", "XK")}
