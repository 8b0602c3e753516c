"""What happened at the door. Facts are ids and keyed hashes only; sent after commit, robustly.

Every signal is sent with ``tenant_uuid`` and the facts named here. ``identifier_hash`` is the keyed
hash of a phone number or an e-mail address; nobody can tell the contact from it.
"""

from django.dispatch import Signal

#: A code was asked for and admitted: ``challenge_uuid, channel, purpose, identifier_hash``.
otp_requested = Signal()
#: A wrong code: ``challenge_uuid, identifier_hash, attempts``. Not sent for unknown challenges.
otp_failed = Signal()
#: A budget of guesses is spent: ``identifier_hash`` (empty for an address's), ``scope``.
otp_locked = Signal()
#: The code of a message was typed after its link let another browser in, perhaps a mail scanner's:
#: ``challenge_uuid, identifier_hash``.
link_used_elsewhere = Signal()
#: A budget of messages is spent, seen once a window: ``scope``.
send_budget_spent = Signal()
#: A customer is in: ``customer_uuid, session_uuid, method, created``.
login_succeeded = Signal()
#: A proved contact was turned away: ``challenge_uuid, identifier_hash, customer_uuid, reason``.
login_denied = Signal()
#: A session ended before its time: ``customer_uuid, session_uuid, reason``.
session_revoked = Signal()
#: An old refresh token came back, so its family ended: ``customer_uuid, session_uuid``.
token_reuse_detected = Signal()
#: A sender failed too often in this process and is left alone: ``channel, sender_path``.
delivery_breaker_opened = Signal()
