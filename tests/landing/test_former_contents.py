"""A file that is replaced in place keeps telling what it held before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestration.landing import Contracts
from tests.landing.exports_folder import CONTRACTS, Exports

FORMER = (("opportunity_id", "opportunity_id"), ("stage", "stage"), ("amount", "amount"))
QUERY = (
    "select opportunity_id, stage, amount, _export_file, _export_record from raw.landing__former_opportunity"
)


@pytest.fixture
def deals(exports: Exports) -> Exports:
    """A folder whose deals keep their former contents."""
    exports.contracts = Contracts(
        tuple(
            replace(contract, former=FORMER) if contract.name == "generic.opportunity" else contract
            for contract in CONTRACTS
        )
    )
    return exports


def write_and_land(deals: Exports, text: str) -> None:
    deals.write("generic/opportunity.csv", text)
    deals.land()


def test_nothing_is_former_in_the_first_landing(deals: Exports) -> None:
    write_and_land(deals, "opportunity_id,stage,amount\n1,New,10\n")
    assert deals.rows(QUERY) == []


def test_what_a_replaced_file_held_is_offered_and_not_landed_again(deals: Exports) -> None:
    write_and_land(deals, "opportunity_id,stage,amount\n1,New,10\n2,New,5\n")
    write_and_land(deals, "opportunity_id,stage,amount\n1,Offer,12\n")
    write_and_land(deals, "opportunity_id,stage,amount\n1,Won,15\n")
    assert sorted(deals.rows(QUERY)) == [
        ("1", "New", "10", "generic/opportunity.csv", 1),
        ("1", "Offer", "12", "generic/opportunity.csv", 1),
        ("2", "New", "5", "generic/opportunity.csv", 2),
    ]
    assert deals.column("select amount from raw.generic__opportunity") == ["15"]


def test_landing_the_same_file_again_makes_nothing_former(deals: Exports) -> None:
    for _ in range(2):
        write_and_land(deals, "opportunity_id,stage,amount\n1,New,10\n")
    assert deals.rows(QUERY) == []


def test_a_former_content_that_todays_mapping_does_not_fit_is_left_out(deals: Exports) -> None:
    deals.write("deals.csv", "id,step,value\n1,New,10\n")
    deals.write("exports.yml", "version: 1\nobjects:\n  opportunity:\n    files: deals.csv\n    columns: {opportunity_id: id, stage: step}\n")  # fmt: skip
    deals.land()
    deals.write("deals.csv", "number,step,value\n1,Offer,10\n")
    deals.write("exports.yml", "version: 1\nobjects:\n  opportunity:\n    files: deals.csv\n    columns: {opportunity_id: number, stage: step}\n")  # fmt: skip
    deals.land()
    assert deals.rows(QUERY) == []
    assert deals.column("select stage from raw.generic__opportunity") == ["Offer"]


def test_an_object_that_does_not_ask_for_former_contents_has_none(exports: Exports) -> None:
    write_and_land(exports, "opportunity_id,stage,amount\n1,New,10\n")
    write_and_land(exports, "opportunity_id,stage,amount\n1,Offer,12\n")
    assert exports.rows(QUERY) == []
