/* Keys on the page of a pair: what is marked with data-shortcut is clicked by its letter. */
document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) {
        return;
    }
    const wanted = document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
    if (wanted) {
        event.preventDefault();
        wanted.click();
    }
});
