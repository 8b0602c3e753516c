"""Addresses for staff; the project mounts them at ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from guestman.api.views import addresses, contact_points, customers, groups, identities

_CUSTOMER = "customers/<uuid:uuid>"
_CONTACT = f"{_CUSTOMER}/contact-points/<uuid:contact>"
_ADDRESS = f"{_CUSTOMER}/addresses/<uuid:address>"
_IDENTITY = f"{_CUSTOMER}/identities/<uuid:identity>"

staff_urlpatterns = [
    path("customers", customers.Customers.as_view()),
    path(_CUSTOMER, customers.CustomerItem.as_view()),
    path(f"{_CUSTOMER}/deactivate", customers.CustomerDeactivation.as_view()),
    path(f"{_CUSTOMER}/reactivate", customers.CustomerReactivation.as_view()),
    path(f"{_CUSTOMER}/price-list", customers.CustomerPriceList.as_view()),
    path(f"{_CUSTOMER}/audit", customers.CustomerAudit.as_view()),
    path(f"{_CUSTOMER}/contact-points", contact_points.ContactPoints.as_view()),
    path(f"{_CUSTOMER}/contact-points/change-phone", contact_points.PhoneChange.as_view()),
    path(_CONTACT, contact_points.ContactPointItem.as_view()),
    path(f"{_CONTACT}/verify", contact_points.ContactPointVerification.as_view()),
    path(f"{_CONTACT}/make-primary", contact_points.ContactPointPrimacy.as_view()),
    path(f"{_CONTACT}/release", contact_points.ContactPointRelease.as_view()),
    path(f"{_CUSTOMER}/addresses", addresses.Addresses.as_view()),
    path(_ADDRESS, addresses.AddressItem.as_view()),
    path(f"{_ADDRESS}/set-default", addresses.AddressDefault.as_view()),
    path(f"{_CUSTOMER}/identities", identities.Identities.as_view()),
    path(_IDENTITY, identities.IdentityItem.as_view()),
    path(f"{_IDENTITY}/unlink", identities.IdentityUnlinking.as_view()),
    path("customer-groups", groups.CustomerGroups.as_view()),
    path("customer-groups/<uuid:uuid>", groups.CustomerGroupItem.as_view()),
    path("customer-groups/<uuid:uuid>/set-default", groups.CustomerGroupDefault.as_view()),
]
