"""A simulated B2B company at any size: its exports, and the true answers to what they ask."""

from simulator.settings import SimulationError, SimulationSettings
from simulator.simulation import Company, simulate
from simulator.writing import write_exports

__all__ = ["Company", "SimulationError", "SimulationSettings", "simulate", "write_exports"]
