"""The status page."""

from playwright.sync_api import Page, expect

from dev.stack.stack import Stack


def test_the_status_page_shows_alerts_jobs_and_every_part(page: Page, stack: Stack) -> None:
    stack.sql(
        "INSERT INTO alerts (alert_id, kind, subject, state, checks, details, since_ms, opened_ms)"
        " VALUES ('alt_1', 'container_down', 'media-downloader', 'open', 0,"
        ' \'{"error":"HTTP 502","messageKey":"down.status","messageValues":{"status":502}}\','
        " 1795460000000, 1795460300000)"
    )

    page.goto("/status")

    alerts = page.get_by_role("region", name="Alerts")
    expect(alerts).to_contain_text("A container does not answer: Download")
    expect(alerts).to_contain_text("HTTP 502")
    expect(page.get_by_role("region", name="Unfinished jobs")).to_contain_text("Dead letters")
    expect(page.get_by_role("region", name="Workers")).to_contain_text("Orchestrator")
    # What was stored in English is said in the reader's language.
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("region", name="告警")).to_contain_text("返回了 HTTP 502")
    stack.sql("DELETE FROM alerts WHERE alert_id = 'alt_1'")
