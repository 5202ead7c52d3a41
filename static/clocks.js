// A click on the permalink copies it; where that is not allowed, and for other clicks, it is a plain link.
for (const link of document.querySelectorAll("a.permalink")) {
  link.addEventListener("click", async (event) => {
    if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.textContent = link.dataset.copied;
    } catch {
      location.assign(link.href);
    }
  });
}
