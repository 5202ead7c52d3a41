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
