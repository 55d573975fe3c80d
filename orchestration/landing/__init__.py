"""Landing: export files in, raw tables with an address for every row out; nothing is lost on the way."""

from orchestration.landing.contracts import ContractColumn, Contracts, ExportContract, contracts_from_manifest
from orchestration.landing.landing import land
from orchestration.landing.mapping import ExportsConfig, read_exports_config
from orchestration.landing.report import FileReport, LandingReport
from orchestration.landing.views import drop_landed_views

__all__ = [
    "ContractColumn",
    "Contracts",
    "ExportContract",
    "ExportsConfig",
    "FileReport",
    "LandingReport",
    "contracts_from_manifest",
    "drop_landed_views",
    "land",
    "read_exports_config",
]
