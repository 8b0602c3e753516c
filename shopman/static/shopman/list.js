/* A list whose rows were replaced while somebody typed: its checkboxes listen again, and the filters
   keep what was typed. */
document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "list-results" && !document.getElementById("list-results")) {
        return;
    }
    for (const parent of document.querySelectorAll(".result-list-wrapper")) {
        const boxes = parent.querySelectorAll("#list-results tr input.action-select");
        if (boxes.length && window.Actions) {
            window.Actions(boxes, { parent });
        }
    }
    const filters = document.getElementById("filter-form");
    const typed = document.getElementById("searchbar");
    if (filters && typed) {
        let kept = filters.querySelector("input[name=q]");
        if (!kept) {
            kept = document.createElement("input");
            kept.type = "hidden";
            kept.name = "q";
            filters.append(kept);
        }
        kept.value = typed.value;
    }
});
