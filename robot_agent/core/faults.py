"""The errors that a VDA 5050 2.1 robot reports when it cannot do what it was told (6.10.8, 6.6.4)."""

from __future__ import annotations

from fleet.contracts.vda5050.state import Error, ErrorLevel, ErrorReference

VALIDATION_ERROR = "validationError"
ORDER_ERROR = "orderError"
ORDER_UPDATE_ERROR = "orderUpdateError"
NO_ROUTE_ERROR = "noRouteError"
NO_ORDER_TO_CANCEL = "noOrderToCancel"
INSTANT_ACTION_ERROR = "instantActionError"
ACTION_FAILED = "actionFailed"
DRIVE_FAILED = "driveFailed"

#: Longest description that is put into a state message, in characters.
DESCRIPTION_CHARS_MAX = 300


def rejection(error_type: str, description: str, hint: str = "", **references: object) -> Error:
    """A WARNING (the robot goes on) with `references` as errorReferences, so that the sender can tell which message it was."""
    return _error(error_type, ErrorLevel.WARNING, description, hint, references)


def breakdown(error_type: str, description: str, hint: str = "", **references: object) -> Error:
    """A FATAL error: the robot does not go on by itself."""
    return _error(error_type, ErrorLevel.FATAL, description, hint, references)


def _error(error_type: str, level: ErrorLevel, description: str, hint: str, references: dict[str, object]) -> Error:
    return Error(
        error_type=error_type,
        error_level=level.value,
        error_description=description[:DESCRIPTION_CHARS_MAX] or None,
        error_hint=hint or None,
        error_references=tuple(ErrorReference(reference_key=k, reference_value=str(v)) for k, v in references.items()),
    )
