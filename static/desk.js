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

// Tells which stored records the one that is being typed may be about.
(() => {
  const place = document.querySelector(".likeness");
  if (!place) return;
  const {address, kind, pk, fields} = place.dataset;
  const inputs = fields.split(" ").map((name) => document.querySelector(`[name="${name}"]`)).filter(Boolean);
  let waiting = 0, asked = "";
  const ask = async () => {
    const typed = Object.fromEntries(inputs.map(({name, value}) => [name, value.slice(0, 500)]));
    const query = String(new URLSearchParams({...typed, kind, ...(pk && {pk})}));
    if (query === asked) return;
    asked = query;
    const answer = await fetch(`${address}?${query}`, {credentials: "same-origin"});
    if (answer.ok && !answer.redirected && query === asked) place.innerHTML = await answer.text();
  };
  for (const input of inputs) {
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 400);
    });
  }
})();
