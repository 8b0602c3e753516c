"""The shopper's account under ``/account/``: what guestman, omniman and doorman know, as pages."""
