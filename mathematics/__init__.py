"""Pure functions over small tables of sufficient statistics; dbt's Python models call them."""
