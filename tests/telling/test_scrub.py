"""No secret is left in a text, however it was written; what a person needs is."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from edge.telling.scrub import scrub

ADDRESS = "mailto://garden:S3ntinel%20pass/word@smtp.school.example/?to=head@school.example&key=T0ken-of-the-school"
TELEGRAM = "tgram://123456789:AAF-sentinel_bot-token/987654"


@pytest.mark.parametrize(
    "text",
    [
        "login as garden with S3ntinel%20pass/word failed",
        "login with S3ntinel pass/word failed",
        f"could not open {ADDRESS}",
        f"AUTH {base64.b64encode(b'S3ntinel%20pass/word').decode()}",
        f"key {quote('T0ken-of-the-school', safe='')} refused",
        "s3NTINEL%20PASS/WORD",
    ],
)
def test_no_form_of_a_secret_is_left(text: str) -> None:
    said = scrub(text, [ADDRESS])
    for secret in (
        "entinel",
        "ENTINEL",
        "pass/word",
        "T0ken",
        "PASS",
        base64.b64encode(b"S3ntinel%20pas").decode()[:12],
    ):
        assert secret not in said


def test_the_path_of_a_request_and_what_a_service_gave_out_are_stars_too() -> None:
    text = (
        "HTTPSConnectionPool(host='api.telegram.org', port=443): Max retries exceeded with url: "
        "/bot123456789:AAF-sentinel_bot-token/sendMessage?access_token=given0123456789abcdefg"
    )
    said = scrub(text, [TELEGRAM])
    assert "sentinel" not in said
    assert "given0123" not in said
    assert "api.telegram.org" in said, "where it failed is no secret"
    assert "given0123" not in scrub("session given0123456789abcdefg has ended", [])
    assert "hunter2" not in scrub("password=hunter2 is wrong", [])


def test_what_went_wrong_can_still_be_read() -> None:
    said = scrub("[Errno 111] Connection refused", [ADDRESS, TELEGRAM])
    assert said == "[Errno 111] Connection refused"
    assert len(scrub("x y " * 1000, [])) <= 300
