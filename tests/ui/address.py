"""What a page's address says."""

from playwright.sync_api import Page

SAYS = """said => {
    const search = new URLSearchParams(location.search)
    return Object.entries(said).every(([name, value]) => search.get(name) === value)
}"""


def until_address(page: Page, **said: str | None) -> None:
    """Waits until the address holds these values; None: until it does not hold the name."""
    page.wait_for_function(SAYS, arg=said)
