// A passage selected in the text of a copy becomes the quote, with its place in characters as the server counts them.
"use strict";
(() => {
  const form = document.getElementById("passage");
  // Who may only look has nothing to fill in.
  if (!form?.elements.quote) return;
  const text = document.getElementById("copied"), words = document.getElementById("words");
  const ticked = document.getElementById("ticked");
  const {quote, start, end} = form.elements;
  const most = Number(quote.dataset.most);
  // A browser counts UTF-16 units, in which a rare character is two; the server counts characters.
  const characters = (from, to) => {
    let count = 0;
    for (const _ of text.value.slice(from, to)) count++;
    return count;
  };
  const tell = () => {
    const count = (quote.value.match(/\S+/g) || []).length;
    const found = start.value !== "" && end.value !== "";
    words.textContent = count
      ? `${count} ${count === 1 ? words.dataset.one : words.dataset.many} ${words.dataset.most}${found ? ` · ${words.dataset.found}` : ""}`
      : "";
    words.classList.toggle("over", count > most);
  };
  const select = () => {
    let from = text.selectionStart, to = text.selectionEnd;
    while (from < to && /\s/.test(text.value[from])) from++;
    while (from < to && /\s/.test(text.value[to - 1])) to--;
    if (from === to) return;
    quote.value = text.value.slice(from, to);
    start.value = characters(0, from);
    end.value = Number(start.value) + characters(from, to);
    for (const place of form.querySelectorAll(".places")) place.remove();
    tell();
  };
  if (text) {
    // In a text that cannot be edited no browser moves a cursor; this one can be, but takes no change.
    text.readOnly = false;
    text.setAttribute("aria-readonly", "true");
    text.inputMode = "none";
    const original = text.value;
    text.addEventListener("beforeinput", (event) => event.preventDefault());
    text.addEventListener("input", () => { text.value = original; });
    for (const name of ["select", "mouseup", "keyup", "touchend"]) text.addEventListener(name, select);
    // Where a passage was chosen before, the text opens there.
    if (start.value !== "" && end.value !== "") {
      const units = [...text.value], before = units.slice(0, Number(start.value)).join("").length;
      text.setSelectionRange(before, before + units.slice(Number(start.value), Number(end.value)).join("").length);
      text.scrollTop = (before / Math.max(1, text.value.length)) * text.scrollHeight - text.clientHeight / 2;
    }
  }
  // What is typed into the quote has lost its place; the server looks for it.
  quote.addEventListener("input", () => {
    start.value = end.value = "";
    tell();
  });
  const count = () => {
    const number = form.querySelectorAll("input[name=facts]:checked").length;
    ticked.textContent = number ? `${number} ${number === 1 ? ticked.dataset.one : ticked.dataset.many}` : "";
  };
  form.addEventListener("change", count);
  tell();
  count();
})();
