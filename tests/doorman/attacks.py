"""The catalogue of attacks and the tests that hold them off.

``python -m tests.doorman.attacks`` writes ``docs/security/attacks.md`` anew.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
BROWSER = ROOT / "tests" / "browser"
DOCUMENT = ROOT / "docs" / "security" / "attacks.md"

#: Row of the catalogue: what is tried, and what must happen.
ROWS = {
    "O1": "A sixth try on one challenge: closed for good, the right code included",
    "O2": "Fifty wrong codes at once: five are compared",
    "O3": "Twenty right codes at once: one success",
    "O4": "A wrong code inside a request's transaction: counted all the same",
    "O5": "Ask, guess, ask again: the budget belongs to the contact, over all challenges",
    "O6": "A resend to get new tries: tries survive it, resends end",
    "O7": "The code from before a resend: refused",
    "O8": "The code of one challenge on another: refused",
    "O9": "A login code for another purpose: refused",
    "O10": "A code of one channel on another: refused",
    "O11": "Another browser or a missing secret: as a wrong code, at no cost to the victim",
    "O12": "An expired code: refused by the clock, whatever the row says",
    "O13": "Codes in every spelling and of every type: understood or refused, never an error",
    "O15": "Reading the database: no code and no contact in it",
    "O16": "Codes in logs, reprs, events, subjects, error pages: absent",
    "O17": "Predicting codes: uniform, from the system's source only",
    "O18": "Timing the comparison: constant time, also without a row",
    "O19": "Bombing one victim: spaced, three a quarter hour, six a day, other channels unaffected",
    "O20": "Locking a victim out: challenges, sessions and other channels go on",
    "O22": "One guess on very many numbers: capped for all and for each address",
    "O23": "Messages that earn somebody money: refused before they are sent, regions capped",
    "O24": "Ten spellings of one number: one key",
    "O25": "Numbers with and without the mobile digit: one budget, the same owner",
    "O26": "Spellings of one e-mail address; header injection: one key; refused",
    "O27": "A database that finds look-alikes: compared byte for byte",
    "O31": "A provider that is down: the same answer, one retry, a breaker",
    "O32": "Budgets that cannot be written: 503, open sessions go on",
    "C1": "Two first logins of one number at once: one customer, two sessions",
    "C2": "A resolver that fails: the code is spent, a ticket finishes the login once",
    "C3": "Telling known contacts from unknown ones: nobody is asked before the proof",
    "C5": "An unknown e-mail address: told after the proof only, nothing is made",
    "C6": "A disabled customer: turned away in one sentence",
    "C7": "Deactivation during a session: over at the next request",
    "C12": "An address planted beforehand: only a verified owner is found",
    "M1": "Looking at a link: nothing happens, however often and by whatever program",
    "M2": "A scanner that submits forms: it needs the token and the cookies; the code still works",
    "M3": "A link or a code twice, two tabs at once: one success",
    "M5": "A link opened in another browser: told so, signed in there only",
    "M6": "A link for the attacker's own account: the page names it; switching is a choice",
    "M7": "Poisoned host headers: links come from the settings alone",
    "M8": "Leaks by referrer, history, cache: a clean address at once",
    "M9": "Links in logs: masked; ten minutes, once",
    "M10": "Guessing links: 256 bits, counted, one answer",
    "M11": "Links that mail programs damaged: understood or refused, never an error",
    "M13": "Links that scanners rewrite: they work",
    "S1": "Cookies fixed before a login: new ones, the old session dead, the cart kept",
    "S3": "Stealing the database: only digests of 256-bit secrets",
    "S4": "The cookie after a logout: dead, nothing cached",
    "S5": "Logout by a link or an image: 405",
    "S6": "Longer cookies: the server decides",
    "S8": "Requests from other sites: 403; JSON must be called JSON",
    "S9": "Signing the victim in as the attacker: refused",
    "S10": "Reading from other origins: no origin is allowed",
    "S11": "Framing: denied",
    "S13": "Staff and customer in one browser: two worlds",
    "S14": "A customer as a Django user: never staff, no permissions, no foreign key",
    "S16": "No TLS, unsafe settings: refused by system checks",
    "S18": "Splitting responses, injecting into logs: nothing of the headers is kept",
    "T1": "An old refresh token: its family ends, and every access token with it",
    "T2": "Ten exchanges of one token at once: each gets a pair, one step, nobody is signed out",
    "T4": "A refresh after the end, within the grace: refused",
    "T5": "Exchanging for ever: ninety days, then a new login",
    "T7": "Tokens in queries, bodies and cookies: not looked at",
    "T8": "A revoked token: dead at once",
    "T9": "Malformed headers: 401, never an error",
    "T11": "Tokens in places they should not be: a prefix and a checksum for scanners",
    "T12": "Fields nobody may set: 422",
    "T13": "Odd methods, bodies and encodings: refused in the one form of failures",
    "T14": "Probing challenges: 256 bits, answered like wrong codes",
    "R1": "Forged forwarding headers: believed from our own proxies only",
    "R3": "Two hundred at once: never more than the limit",
    "R4": "Two windows of one subject: two rows",
    "R6": "A cache as limiter: there is no such setting; workers share the budget",
    "R7": "A flood of keys: hashed, purged, refused acts leave no row",
    "R8": "Return paths that lead away: the default page",
    "R9": "Wildcard hosts: a system check; return paths name no host anyway",
    "R10": "Injection by name or language: escaped; from the list",
    "R12": "Changing keys: old ones verify, new ones sign, sessions survive",
    "R13": "Editing or flooding the log: append-only, sampled",
    "R14": "No purge: expired rows do nothing; purging is idempotent",
    "R15": "Codes that always work: there are none",
}

#: Rows whose tests stand elsewhere, because they take the apps together.
ELSEWHERE = {
    "C8": ("Erasure: sessions and apps go", "tests/seams/test_sessions.py"),
    "C9": (
        "A merge: who was let in as the duplicate signs in anew",
        "tests/seams/test_sessions.py",
    ),
    "O28": (
        "A number with a new holder: decided by guestman",
        "tests/guestman/identifiers/test_resolver.py",
    ),
}
#: Rows that wait for the part they are about; what there is of it is said beside.
NOT_DUE = {
    "A1 to A20": "signing in through other providers",
    "C10, C11, S17": "changing a contact by proof",
    "O29, S15": "devices, their notices and step-up (the bound text of messages is there)",
    "O30": "delivery reports of providers",
    "R11": "a check of names and hashes of packages",
    "T1": "the notice to the customer; everything else of the row is tried above",
}

_ROWS_OF_TEST = re.compile(r"test_((?:[cmorst]\d+_)+)")


def tests_by_row() -> dict[str, list[tuple[str, str]]]:
    """Row to the tests that carry it in their names, as (file, function)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    files = [*Path(__file__).parent.glob("test_*.py"), *BROWSER.glob("test_login.py")]
    for file in sorted(files, key=lambda each: each.name):
        for node in ast.walk(ast.parse(file.read_text())):
            match = _ROWS_OF_TEST.match(node.name) if isinstance(node, ast.FunctionDef) else None
            for row in match[1].strip("_").split("_") if match else ():
                found[row.upper()].append((file.name, node.name))  # type: ignore[attr-defined]
    return found


def document() -> str:
    """The page, from the tests as they are."""
    lines = [
        "# Attacks on the door, and the tests that hold them off",
        "",
        "Every row is tried by the tests beside it, in `tests/doorman/` and `tests/browser/`.",
        "Races run on PostgreSQL. `python -m tests.doorman.attacks` writes this page;",
        "a test compares it.",
        "",
        "| # | attack, and what must happen | tests |",
        "|---|---|---|",
    ]
    known = tests_by_row()
    for row, sentence in ROWS.items():
        names = "<br>".join(f"`{name}`" for _, name in known.get(row, []))
        lines.append(f"| {row} | {sentence} | {names} |")
    lines += ["", "These take several apps together:", "", "| # | what must happen | tests |"]
    lines += ["|---|---|---|"]
    lines += [f"| {row} | {said} | `{file}` |" for row, (said, file) in ELSEWHERE.items()]
    lines += [
        "",
        "## Not due yet",
        "",
        "Nothing of this is built, so nothing of it can be attacked.",
    ]
    lines += ["", "| # | waits for |", "|---|---|"]
    lines += [f"| {rows} | {what} |" for rows, what in NOT_DUE.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document())
