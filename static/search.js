// Suggestions under the field of the search while somebody types. Without this script the form works as it stands.
const form = document.querySelector("form[data-suggestions]");
if (form) {
  const field = form.elements.q;
  const list = document.createElement("div");
  list.id = "suggestions";
  list.className = "suggested";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0].textContent);
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) field.setAttribute(name, value);
  let wait, asking, chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const show = (open) => {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (!open) choose(-1);
  };
  const choose = (place) => {
    chosen = place;
    for (const [number, option] of options().entries()) {
      option.id = `suggestion-${number}`;
      option.setAttribute("aria-selected", String(number === place));
    }
    if (place >= 0) {
      field.setAttribute("aria-activedescendant", `suggestion-${place}`);
      options()[place].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const suggest = async () => {
    asking?.abort();
    if (!field.value.trim()) return show(false);
    asking = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(`${form.dataset.suggestions}?${query}`, { signal: asking.signal });
      if (!answer.ok) return show(false);
      list.innerHTML = await answer.text();
      choose(-1);
      show(options().length > 0 && document.activeElement === field);
    } catch {
      // Typed on, or no answer: what is there stays until the next one.
    }
  };

  field.addEventListener("input", (event) => {
    // Half of a Korean syllable or a Japanese word is no search yet.
    if (event.isComposing) return;
    clearTimeout(wait);
    wait = setTimeout(suggest, 150);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(wait);
    wait = setTimeout(suggest, 150);
  });
  field.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && count) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(chosen < 0 ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count);
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(options()[chosen].href);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
}
