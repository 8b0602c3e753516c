"use strict";

// The page follows the system's theme; Swagger UI has one class for it.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const cookie = (name) => {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found === undefined ? "" : decodeURIComponent(found.slice(name.length + 1));
};

// Requests tried from here carry the cookies of whoever is signed in, and the header they need.
const withToken = (request) => {
  const isOurs = new URL(request.url, document.baseURI).origin === window.location.origin;
  if (isOurs && !["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) {
    request.headers["X-CSRFToken"] = cookie("csrftoken");
  }
  return request;
};

window.SwaggerUIBundle({
  url: document.getElementById("reference").dataset.schema,
  dom_id: "#reference",
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
  requestInterceptor: withToken,
});

// Swagger UI leaves the choice of an example without a name, and puts a link into the button that
// opens an operation: one control within the other. The button alone does the same.
new MutationObserver(() => {
  for (const choice of document.querySelectorAll("select.examples-select-element:not([aria-label])")) {
    choice.setAttribute("aria-label", "Example");
  }
  for (const link of document.querySelectorAll("button.opblock-summary-control a[href]")) {
    link.removeAttribute("href");
  }
}).observe(document.getElementById("reference"), { childList: true, subtree: true });
