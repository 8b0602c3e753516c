"""The dashboard: what apps have to say about a shop, on the first page of the admin.

    dashboard.register(
        Figure(
            key="omniman.channels",
            title=_("Orders by channel"),
            measure=Measure(key="omniman.sales", take=sales),
            show=channels,
        ),
    )

A measure asks the database and is kept for a few minutes; figures are made from it in the viewer's
language. See docs/howto/dashboard.md.
"""

from shopman.dashboard.registry import (
    Figure,
    Link,
    Measure,
    Number,
    Picture,
    Scope,
    Step,
    Told,
    figure,
    figures,
    numbers,
    register,
    steps,
    unregister,
)

__all__ = [
    "Figure",
    "Link",
    "Measure",
    "Number",
    "Picture",
    "Scope",
    "Step",
    "Told",
    "figure",
    "figures",
    "numbers",
    "register",
    "steps",
    "unregister",
]
