"""Pools of invented names by country, and columns that put names, e-mails and phones together.

Countries differ in script and in the writing of company names, because exports do: Turkish letters
(İ, ş, ğ, ı), Chinese, commas and double quotes all have to survive the way into the warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.columns import Choice, Column, Joined, Label, Numbered, Shaped
from simulator.money import CNY, EUR, GBP, TRY, USD
from simulator.timeline import IntArray


@dataclass(frozen=True)
class Country:
    """What names look like in a country.

    Names are pairs of the written form and the form in e-mail addresses. `stems` carry the blank
    that follows them, if the language writes one.
    """

    code: str
    share: float
    dialling: str
    first: tuple[tuple[str, str], ...]
    last: tuple[tuple[str, str], ...]
    stems: tuple[tuple[str, str], ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    currencies: tuple[tuple[int, float], ...]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`Ayşe=ayse Can` -> (("Ayşe", "ayse"), ("Can", "can"))."""
    words = (word.partition("=") for word in text.split())
    return tuple((name, plain or name.lower()) for name, _, plain in words)


def _stems(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"{name} ", plain) for name, plain in _pairs(text))


COUNTRIES = (
    Country(
        "TR",
        0.46,
        "90",
        _pairs(
            "Ayşe=ayse İbrahim=ibrahim Işıl=isil Çağrı=cagri Gül=gul Ömer=omer Şule=sule Doğan=dogan Elif Can"
        ),
        _pairs(
            "Yılmaz=yilmaz Şahin=sahin Öztürk=ozturk Çelik=celik Işık=isik Doğan=dogan İnce=ince Aydın=aydin Koç=koc"
        ),
        (
            *_stems("Yıldız=yildiz Şirin=sirin İpek=ipek Boğaz=bogaz Işık=isik Ege Çınar=cinar Toros"),
            ('"Anka" ', "anka"),
        ),
        ("Tekstil", "Lojistik", "Gıda", "Yazılım", "İnşaat", "Makine"),
        (" A.Ş.", " Ltd. Şti.", " San. ve Tic. A.Ş."),
        ((TRY, 0.6), (EUR, 0.28), (USD, 0.12)),
    ),
    Country(
        "DE",
        0.15,
        "49",
        _pairs("Jürgen=juergen Anna Björn=bjoern Sabine Lukas Heike"),
        _pairs("Müller=mueller Weiß=weiss Schäfer=schaefer Koch Vogt Braun"),
        _stems("Rhein Nordlicht Grün=gruen Falke Alster"),
        ("Logistik", "Maschinenbau", "Software", "Handel"),
        (" GmbH", " AG", " GmbH & Co. KG"),
        ((EUR, 1.0),),
    ),
    Country(
        "GB",
        0.13,
        "44",
        _pairs("Oliver Emma Harry Isla George Amelia"),
        _pairs("Smith O'Neill=oneill Clarke Wood Hughes Patel"),
        _stems("Thames Harrow Kestrel Albion Moor"),
        ("Logistics", "Foods", "Software", "Textiles"),
        (" Ltd", " plc", ", Ltd."),
        ((GBP, 1.0),),
    ),
    Country(
        "US",
        0.12,
        "1",
        _pairs("James Maria Robert Linda Diego Grace"),
        _pairs("Johnson Garcia Lee Brown Davis Nguyen"),
        (*_stems("Summit Redwood Pioneer Lakeside"), ('"Blue Heron" ', "blueheron")),
        ("Freight", "Systems", "Foods", "Manufacturing"),
        (", Inc.", " LLC", " Corp."),
        ((USD, 1.0),),
    ),
    Country(
        "CN",
        0.14,
        "86",
        _pairs("伟=wei 芳=fang 娜=na 秀英=xiuying 敏=min 静=jing"),
        _pairs("王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang"),
        (("晨光", "chenguang"), ("华海", "huahai"), ("东方", "dongfang"), ("金桥", "jinqiao")),
        ("科技", "物流", "纺织", "食品"),
        ("有限公司", "股份有限公司", "(上海)有限公司"),
        ((CNY, 0.75), (USD, 0.25)),
    ),
)
COUNTRY_CODES = tuple(country.code for country in COUNTRIES)
CHINA = COUNTRY_CODES.index("CN")

# How the same e-mail address is typed: as it is, in capitals, with blanks, capitalised with a blank.
EMAIL_STYLES = 4
# How the same phone number is typed; the digits are the same in all of them.
PHONE_STYLES = 4


def _flat(field: str) -> tuple[list, NDArray[np.int64], NDArray[np.int64]]:
    """All countries' pool in one list, with each country's offset and length in it."""
    pools = [getattr(country, field) for country in COUNTRIES]
    lengths = np.array([len(pool) for pool in pools])
    return [item for pool in pools for item in pool], np.cumsum(lengths) - lengths, lengths


def draw_countries(rng: np.random.Generator, count: int) -> IntArray:
    """Country numbers by their share of the demand."""
    shares = np.cumsum([country.share for country in COUNTRIES])
    return np.searchsorted(shares / shares[-1], rng.random(count), side="right")


def draw_currencies(rng: np.random.Generator, country: IntArray) -> IntArray:
    """The currency in which each company of a country buys."""
    shares = np.zeros((len(COUNTRIES), 5))
    for number, one in enumerate(COUNTRIES):
        for currency, share in one.currencies:
            shares[number, currency] = share
    cumulative = np.cumsum(shares, axis=1)
    return (rng.random(len(country))[:, None] >= cumulative[country]).sum(axis=1).clip(0, 4)


@dataclass(frozen=True)
class People:
    """People and the companies they work for; every array has one value for each person.

    number: unique, makes e-mail address and phone number unique.
    """

    number: IntArray
    country: IntArray
    first: IntArray
    last: IntArray
    stem: IntArray
    trade: IntArray
    form: IntArray

    def take(self, rows: IntArray) -> People:
        return People(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def first_name(self) -> Column:
        return Label(self.first, [name for name, _ in _flat("first")[0]])

    def last_name(self) -> Column:
        return Label(self.last, [name for name, _ in _flat("last")[0]])

    def full_name(self) -> Column:
        """First and last name, or family name first and no blank where Chinese is written."""
        return Choice(
            (self.country == CHINA).astype(np.int64),
            (
                Joined((self.first_name(), " ", self.last_name())),
                Joined((self.last_name(), self.first_name())),
            ),
        )

    def company(self) -> Column:
        stem = Label(self.stem, [name for name, _ in _flat("stems")[0]])
        return Joined((stem, Label(self.trade, _flat("trades")[0]), Label(self.form, _flat("forms")[0])))

    def email(self, style: IntArray | None = None) -> Column:
        """E-mail address; `style` -1 is null, see `EMAIL_STYLES`."""
        address = Joined(
            (
                Label(self.first, [plain for _, plain in _flat("first")[0]]),
                ".",
                Label(self.last, [plain for _, plain in _flat("last")[0]]),
                Numbered("%d", self.number),
                "@",
                Label(self.stem, [plain for _, plain in _flat("stems")[0]]),
                ".example",
            )
        )
        if style is None:
            return address
        shapes = ("{}", "upper({})", "' ' || {} || ' '", "upper({}[1]) || {}[2:] || ' '")
        return Choice(style, [Shaped(shape, address) for shape in shapes])

    def phone(self, style: IntArray | None = None) -> Column:
        """Phone number; `style` -1 is null and `PHONE_STYLES` is the invalid `abc`."""
        dialling = Label(self.country, [country.dialling for country in COUNTRIES])
        # A bijection modulo a prime: distinct people get distinct, scattered numbers.
        digits = Numbered("5%09d", (self.number * 48_271 + 19_937) % 999_999_937)
        a, b, c = (Shaped(f"substr({{}}, {place})", digits) for place in ("1, 3", "4, 3", "7, 4"))
        plain = Joined(("+", dialling, " ", a, " ", b, " ", c))
        if style is None:
            return plain
        shapes = (
            plain,
            Joined(("+", dialling, "(", a, ")", b, "-", c)),
            Joined((dialling, " ", a, b, c)),
            Joined(("+", dialling, "-", a, "-", b, "-", c)),
            Label(np.zeros(len(style), dtype=np.int64), ("abc",)),
        )
        return Choice(style, shapes)


def draw_people(rng: np.random.Generator, first_number: int, country: IntArray) -> People:
    """One person in a company for each given country."""

    def pick(field: str) -> IntArray:
        _, offset, length = _flat(field)
        return offset[country] + np.floor(rng.random(len(country)) * length[country]).astype(np.int64)

    number = first_number + np.arange(len(country))
    return People(number, country, *(pick(field) for field in ("first", "last", "stems", "trades", "forms")))


def join_people(one: People, other: People) -> People:
    """The people of both, one's first."""
    names = one.__dataclass_fields__
    return People(*(np.concatenate((getattr(one, name), getattr(other, name))) for name in names))
