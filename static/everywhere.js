// A click on the permalink copies it; where that is not allowed, and for other clicks, it is a plain link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a.permalink");
  if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    link.textContent = link.dataset.copied;
  } catch {
    location.assign(link.href);
  }
});

// Who follows the header's link means to type.
if (location.hash === "#q") document.querySelector("#q")?.focus();

// "/" leads to the words of the page, or else to the search. Without this file the header's link does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.querySelector("#q");
  const search = document.querySelector("a.search");
  if (!field && !search) return;
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else location.assign(search.href);
});
