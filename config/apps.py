from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    default = True

    def ready(self) -> None:
        from config import checks, connections, guests, staff_words, wiring

        wiring.connect()
        connections.connect()
        checks.connect()
        guests.connect()
        staff_words.give()


class ShopAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the suite's site, in place of ``django.contrib.admin``."""

    default = False
    default_site = "shopman.site.ShopAdminSite"
