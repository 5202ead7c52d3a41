// Keys for the inbox: J and K move from one thing to the next, A and R follow the links of the one that has the focus.
"use strict";
(() => {
  const links = [...document.querySelectorAll(".inbox a.open")];
  const legend = document.querySelector(".keys");
  if (!links.length || !legend) return;
  const box = legend.querySelector("input");
  const STORED = "policytrack.inbox.keys";
  // Single keys can be in the way of what somebody speaks or types, so they can be turned off.
  try { box.checked = localStorage.getItem(STORED) !== "off"; } catch { /* storage may be forbidden */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem(STORED, box.checked ? "on" : "off"); } catch { /* then for this page only */ }
  });
  legend.hidden = false;
  const here = () => links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]),textarea,select,[contenteditable]");
    if (!box.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const place = here();
    if (key === "j" || key === "k") {
      const next = place < 0 ? 0 : Math.min(links.length - 1, Math.max(0, place + (key === "j" ? 1 : -1)));
      links[next].focus();
      links[next].closest("tr").scrollIntoView({block: "nearest"});
      event.preventDefault();
    } else if ((key === "a" || key === "r") && place >= 0) {
      links[place].closest("tr").querySelector(`a[data-key="${key}"]`)?.click();
      event.preventDefault();
    }
  });
})();
