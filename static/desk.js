// Renews the reading of an EDTF date while somebody types, also in rows that were added to the page.
"use strict";
(() => {
  const address = document.currentScript.dataset.reading;
  const waiting = new WeakMap();
  document.addEventListener("input", ({target}) => {
    if (!target.matches("input.edtf")) return;
    clearTimeout(waiting.get(target));
    waiting.set(target, setTimeout(async () => {
      const text = target.value;
      const answer = await fetch(`${address}?${new URLSearchParams({text})}`, {credentials: "same-origin"});
      // An answer that comes late is about a text that is no longer there.
      if (answer.ok && !answer.redirected && text === target.value) {
        target.parentElement.querySelector(".reading").innerHTML = await answer.text();
      }
    }, 200));
  });
})();

// Tells each cell of a list the heading of its column, for phones, where no row of headings fits.
(() => {
  const headings = [...document.querySelectorAll("#result_list thead th")].map((heading) => (heading.querySelector(".text") ?? heading).textContent.trim());
  for (const row of document.querySelectorAll("#result_list tbody tr")) {
    [...row.cells].forEach((cell, column) => {
      if (cell.tagName === "TD" && headings[column]) cell.dataset.l = headings[column];
    });
  }
})();
