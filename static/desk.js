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

// Tells which stored records the one that is being typed may be about: that of the page, or a new row on it.
(() => {
  const waiting = new WeakMap(), asked = new WeakMap();
  const fieldsOf = (place, row) => place.dataset.fields.split(" ")
    .map((name) => [name, row ? row.querySelector(`[name$="-${name}"]`) : document.querySelector(`[name="${name}"]`)])
    .filter(([, field]) => field);
  const ask = async (place, fields) => {
    const {address, of, pk} = place.dataset;
    const typed = Object.fromEntries(fields.map(([name, {value}]) => [name, value.slice(0, 500)]));
    const query = String(new URLSearchParams({...typed, of, ...(pk && {pk})}));
    if (query === asked.get(place)) return;
    asked.set(place, query);
    const answer = await fetch(`${address}?${query}`, {credentials: "same-origin"});
    if (answer.ok && !answer.redirected && query === asked.get(place)) place.innerHTML = await answer.text();
  };
  document.addEventListener("input", ({target}) => {
    const row = target.closest(".inline-related");
    const place = (row ?? document).querySelector(".likeness");
    if (!place || Boolean(row) !== Boolean(place.closest(".inline-related"))) return;
    const fields = fieldsOf(place, row);
    if (!fields.some(([, field]) => field === target)) return;
    clearTimeout(waiting.get(place));
    waiting.set(place, setTimeout(ask, 400, place, fields));
  });
})();
