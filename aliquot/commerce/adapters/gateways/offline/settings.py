"""What the offline gateway needs: nothing."""


def check() -> None:
    """Nothing here can be unsafe: access comes only when staff record the payment."""
