from django.apps import AppConfig


class StockroomConfig(AppConfig):
    name = "tests.seams.stockroom"
    label = "stockroom"
