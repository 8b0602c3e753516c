"""What an input serializer shares between requests, and what it does not."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from shopman.api.input import InputSerializer


class Line(InputSerializer):
    sku = serializers.CharField(max_length=3)

    def validate_sku(self, sku: str) -> str:
        return f"{self.context['shop']}-{sku}"


class Basket(InputSerializer):
    name = serializers.CharField(max_length=5, source="title")
    lines: Any = Line(many=True)
    tags = serializers.ListField(child=serializers.CharField(), required=False)


def basket(shop: str, **facts: Any) -> Basket:
    return Basket(data={"name": "ann", "lines": [{"sku": "a"}], **facts}, context={"shop": shop})


def test_each_serializer_has_fields_of_its_own() -> None:
    first, second = basket("one"), basket("two")

    for name in ("name", "lines", "tags"):
        assert first.fields[name].parent is first
        assert second.fields[name].parent is second
    assert first.fields["tags"].child.root is first  # type: ignore[attr-defined]
    assert Basket._declared_fields["name"].parent is None


def test_parts_see_the_context_of_their_own_request() -> None:
    first, second = basket("one"), basket("two")

    assert first.is_valid()
    assert second.is_valid()
    assert first.validated_data == {"title": "ann", "lines": [{"sku": "one-a"}]}
    assert second.validated_data == {"title": "ann", "lines": [{"sku": "two-a"}]}


def test_a_refusal_does_not_reach_the_next_request() -> None:
    first, second = basket("one", name="much too long", lines=[{"sku": "abcd"}]), basket("two")

    assert not first.is_valid()
    assert second.is_valid()
    assert first.errors.keys() == {"name", "lines"}
