"""Runs the warehouse: exports are landed, dbt builds and checks, a release is published."""
