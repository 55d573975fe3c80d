"""The project's own errors: each message is written for the person who reads it, not for a debugger."""


class KpiWarehouseError(Exception):
    """Something a person can act on; the message says what happened and what to do next."""


class ConfigurationError(KpiWarehouseError):
    """The project, its settings or the machine is not as it has to be."""


class MappingError(KpiWarehouseError):
    """The mapping of exports (exports.yml) is wrong or does not fit the files."""


class ExportError(KpiWarehouseError):
    """An export file or the exports folder cannot be used."""


class LandingError(KpiWarehouseError):
    """Landing could not put the exports into the build file."""


class RefreshBusy(KpiWarehouseError):
    """Another refresh holds the lock."""


class CheckFailed(KpiWarehouseError):
    """A blocking check or a model failed: nothing is published."""


class PublishError(KpiWarehouseError):
    """A release could not be written or verified; the former one stays."""
