// The timeline without loading pages anew: its own links and forms fetch the page they lead to, and its parts that
// differ take the place of those here, with history. Keys and the wheel follow the same links. Without this file, or
// where something fails, they are plain links and forms.
const PARTS = [".clock", ".tools", "#main"];
let asked = 0;
let searched = location.search;

function own(address) {
  const url = new URL(address, location.href);
  return url.origin === location.origin && url.pathname === location.pathname && !url.searchParams.has("format") ? url : null;
}

async function show(url, { push = true, focus = "" } = {}) {
  const turn = ++asked;
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== asked) return;
    const parts = PARTS.map((part) => [document.querySelector(part), page.querySelector(part)]);
    if (parts.some(([here, there]) => !here || !there)) throw new Error("another kind of page");
    if (push) history.pushState(null, "", url);
    searched = url.search;
    document.title = page.title;
    const top = scrollY;
    for (const [here, there] of parts) here.replaceWith(document.adoptNode(there));
    dress();
    scrollTo(0, top);
    if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
    document.getElementById("told").textContent = document.getElementById("shown")?.textContent.trim() ?? "";
  } catch {
    if (turn === asked) location.assign(url);
  }
}

// How to find what has the focus again, once its part of the page was replaced.
function place(link) {
  const { step } = link.dataset;
  if (!step) return "#main h1";
  return ["zoom", "lanes"].includes(step) ? `[data-step=${step}][aria-current]` : `[data-step=${step}]`;
}

function dress() {
  const table = document.querySelector("#main .tl");
  if (table) {
    table.tabIndex = 0;
    document.querySelector("#main [data-keys]").hidden = false;
  }
  document.querySelector("#main h1").tabIndex = -1;
}

function step(name) {
  return document.querySelector(`#main a[data-step="${name}"]`);
}

function zoomed(by) {
  const zooms = [...document.querySelectorAll('#main a[data-step="zoom"]')];
  return zooms[zooms.findIndex((one) => one.hasAttribute("aria-current")) + by];
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#main a, .clock a:not(.permalink)");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const address = link.getAttribute("href");
  const url = address.startsWith("#") ? null : own(address);
  if (!url || link.hasAttribute("download")) return;
  event.preventDefault();
  // What leads to another look at the same drawing keeps its place; a list or a page is read from its top.
  if (!link.dataset.step && !link.matches(".chip")) scrollTo(0, 0);
  show(url, { focus: place(link) });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const url = form.method === "get" && form.closest("#main, .clock") && own(form.action);
  if (!url || event.defaultPrevented) return;
  event.preventDefault();
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  scrollTo(0, 0);
  show(url, { focus: "#main h1" });
});

document.addEventListener("keydown", (event) => {
  const table = event.target.closest("#main .tl");
  if (event.target !== table || !table || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = { ArrowLeft: () => step("earlier"), ArrowRight: () => step("later"), "+": () => zoomed(1), "=": () => zoomed(1), "-": () => zoomed(-1) };
  const link = links[event.key]?.();
  if (!link) return;
  event.preventDefault();
  show(own(link.href), { focus: "#main .tl" });
});

// Ctrl and the wheel, which is what pinching on a touchpad sends.
let turned = 0;
document.addEventListener("wheel", (event) => {
  if (!event.ctrlKey || !event.target.closest("#main .tl")) return;
  event.preventDefault();
  turned += event.deltaY;
  if (Math.abs(turned) < 60) return;
  const link = zoomed(turned < 0 ? 1 : -1);
  turned = 0;
  if (link) show(own(link.href), { focus: "#main .tl" });
}, { passive: false });

addEventListener("popstate", () => {
  // A step to a part of the same page is the browser's own.
  if (location.search !== searched) show(new URL(location.href), { push: false });
});

const told = Object.assign(document.createElement("p"), { id: "told", className: "vh" });
told.setAttribute("role", "status");
document.body.append(told);
dress();
