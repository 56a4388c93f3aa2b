"""Which country and clock a point on the map lies in. The point itself is kept nowhere."""

from collections.abc import Mapping
from importlib.resources import files

from timezonefinder import TimezoneFinder

from directory.model import Place


class Points:
    """The zones of the world, in memory: some 45 MB, so made where points are shared.

    Zones come from timezonefinder's data (© OpenStreetMap contributors, ODbL), a zone's country
    from the IANA list `zone.tab`.
    """

    def __init__(self) -> None:
        self._zones = TimezoneFinder(in_memory=True)
        self._countries = _countries_of_zones()

    def places_at(self, latitude: float, longitude: float) -> tuple[Place, ...]:
        """Return the country a point lies in, with its clock; () at sea and beyond the map.

        Several where the zone cannot tell them apart: Serbia and Kosovo share one.
        """
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - the map
            return ()
        zone = self._zones.timezone_at(lat=latitude, lng=longitude) or ""
        return tuple(
            Place(code=country, country=country, kind="country", timezone=zone)
            for country in self._countries.get(zone, ())
        )


def _countries_of_zones() -> Mapping[str, tuple[str, ...]]:
    """Return the ISO 3166-1 code of every zone. https://data.iana.org/time-zones/tz-link.html."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    # XK is not in the ISO list, so zone.tab has Kosovo under Serbia.
    return {row[2]: (row[0],) for row in rows} | {"Europe/Belgrade": ("RS", "XK")}
