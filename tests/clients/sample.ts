import type { components, operations } from "./schema";

type Cart = components["schemas"]["CartRow"];
type Headers = operations["placeOrder"]["parameters"]["header"];
type Placed = operations["placeOrder"]["responses"][201]["content"]["application/json"];
type Problem = operations["placeOrder"]["responses"][409]["content"]["application/problem+json"];

export const total = (cart: Cart): string =>
  cart.total_amount === null ? "not for sale as it is" : `${cart.total_amount} ${cart.currency}`;

export const headers: Headers = { "Idempotency-Key": "7c9e6679-7425-40de-944b-e07fc1f90ae7" };

export const said = (answer: Placed | Problem): string =>
  "code" in answer ? answer.code : `${answer.ref} is ${answer.status}`;

// @ts-expect-error: an order needs a key.
export const keyless: Headers = {};

// @ts-expect-error: a quantity is a decimal string.
export const line: components["schemas"]["CartLineInputRequest"] = { sku: "TEA", quantity: 2 };
