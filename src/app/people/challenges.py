"""Challenges: handed out without a row, and answered once (`media_jobs.challenge`)."""

from app.people.store import delete_expired_challenges, insert_used_challenge
from app.ports import Ports
from app.store import Statement
from media_jobs.challenge import Challenge, make_challenge, open_challenge
from media_jobs.keyring import Purpose

CHALLENGE_LIFE_S = 10 * 60


def new_challenge(purpose: str, subject: str, ports: Ports) -> str:
    """Return a challenge for one *purpose* and *subject*, good for ten minutes."""
    expires_s = ports.now_ms() // 1000 + CHALLENGE_LIFE_S
    keys = ports.settings().keys.signing(Purpose.SESSION)
    return make_challenge(purpose, subject, ports.entropy(32).hex(), expires_s, keys)


def opened_challenge(purpose: str, text: str, ports: Ports) -> Challenge:
    """Return what a challenge of ours says; raises SignatureError."""
    accepted = ports.settings().keys.accepting(Purpose.SESSION)
    return open_challenge(purpose, text, accepted, ports.now_ms())


def used(challenge: Challenge, ports: Ports) -> list[Statement]:
    """Note that a challenge was answered; the batch fails as a Conflict if it was before."""
    return [
        delete_expired_challenges(ports.now_ms()),
        insert_used_challenge(challenge.hash, challenge.expires_ms),
    ]
