// Turns a text field (« Organisme », « Codes CPV ») into a combobox fed by data-suggest,
// and the chosen ones into a list that changes in place. Without it the form is sent: the server
// resolves what was typed and answers with candidates.
import "../vendor/accessible-autocomplete.min.js";

const pause = 150; // milliseconds without typing before asking

/** Text for HTML: the combobox inserts its suggestions as HTML. */
function escaped(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}

/**
 * A source of suggestions that answers only the latest question. Until it has, « none »
 * would be untrue: waiting says so.
 */
function source(url) {
  let timer;
  let pending;
  const ask = (query, populate) => {
    clearTimeout(timer);
    pending?.abort();
    const mine = (pending = new AbortController());
    ask.waiting = true;
    ask.found = [];
    timer = setTimeout(async () => {
      try {
        const address = new URL(url, location.href);
        address.searchParams.set("q", query);
        const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.json() : [];
        ask.waiting = false;
        ask.found = found;
        populate(found);
      } catch (error) {
        if (error.name === "AbortError") return;
        ask.waiting = false;
        populate([]);
      }
    }, pause);
  };
  return ask;
}

/** What the combobox says of what it proposes; the words are masculine. */
function phrases({ one, many, least, hint }) {
  return {
    tAssistiveHint: () =>
      `${hint} Quand des ${many} sont proposés, parcourez-les avec les flèches haut et bas et choisissez avec Entrée. Sur un écran tactile, balayez.`,
    tStatusQueryTooShort: () => (least > 1 ? `Saisissez au moins ${least} lettres.` : "Saisissez au moins une lettre."),
    tStatusSelectedOption: (selected, length, index) => `${selected}, ${index + 1} sur ${length}, en surbrillance`,
    tStatusResults: (length, selected) =>
      length === 1 ? `1 ${one} proposé. ${selected ?? ""}` : `${length} ${many} proposés. ${selected ?? ""}`,
  };
}

export function start(box) {
  const typed = box.querySelector("[data-typed]");
  const list = box.querySelector("[data-chosen]");
  const model = box.querySelector("template");
  const status = box.querySelector("[role=status]");
  const add = box.querySelector("[name=action]");
  const most = Number(box.dataset.max);
  const least = Number(box.dataset.least);
  const { one: noun, many, hint } = box.dataset;

  const changed = (text) => {
    list.hidden = list.children.length === 0;
    status.textContent = text;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const choose = ({ id, label }) => {
    const has = [...list.querySelectorAll("input")].some((input) => input.value === String(id));
    if (has) return changed(`${label} est déjà dans la liste.`);
    if (most > 0 && list.children.length >= most) return changed(`Vous avez déjà choisi ${most} ${many}, le maximum.`);
    const item = model.content.firstElementChild.cloneNode(true);
    item.querySelector("input").value = id;
    item.querySelector("button").value = id;
    for (const place of item.querySelectorAll("[data-label]")) place.textContent = label;
    list.append(item);
    changed(`${label} est ajouté à la liste.`);
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const label = item.querySelector("[data-label]").textContent;
    item.remove();
    changed(`${label} est retiré de la liste.`);
    (next?.querySelector("button") ?? document.getElementById(typed.id)).focus();
  });

  const place = document.createElement("div");
  typed.replaceWith(place);
  let suggest;
  let hurried = false; // Enter came before the suggestions
  const take = (one) => {
    choose(one);
    setTimeout(() => build(""), 0);
  };
  // Enter in the field means this field, never the whole form: the only suggestion is
  // taken, several are left to be chosen from, and what is left of a name after Escape is
  // resolved as without scripts.
  place.addEventListener(
    "keydown",
    (event) => {
      hurried = false;
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.target.id !== typed.id || event.target.value.trim() === "") return; // a suggestion, or nothing
      event.preventDefault();
      event.stopPropagation();
      const open = place.querySelector(".autocomplete__menu--visible");
      if (suggest.waiting) hurried = true;
      else if (!open) add.click();
      else if (suggest.found.length === 1) take(suggest.found[0]);
    },
    true,
  );
  // Once chosen, a suggestion moves to the list and the field is empty again; the
  // combobox only forgets its own text when it is made anew.
  const build = (text) => {
    const hadFocus = place.contains(document.activeElement);
    suggest = source(box.dataset.suggest);
    const none = () => (suggest.waiting ? "Recherche en cours…" : `Aucun ${noun} ne correspond`);
    place.replaceChildren();
    window.accessibleAutocomplete({
      element: place,
      id: typed.id,
      name: typed.name,
      defaultValue: text,
      source: (query, populate) =>
        suggest(query, (found) => {
          if (hurried && found.length === 1) take(found[0]);
          else populate(found);
          hurried = false;
        }),
      minLength: least,
      autoselect: false,
      confirmOnBlur: false,
      displayMenu: "overlay",
      templates: {
        inputValue: (one) => one?.label ?? "",
        suggestion: (one) => escaped(typeof one === "string" ? one : (one?.label ?? "")),
      },
      onConfirm: (one) => {
        if (one?.id) take(one);
      },
      ...phrases({ one: noun, many, least, hint }),
      tNoResults: none,
      tStatusNoResults: () => none(),
    });
    const input = document.getElementById(typed.id);
    if (input && typed.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
    if (hadFocus) input?.focus();
  };
  build(typed.value);
  // Suggestions add by themselves; the button resolves a name typed whole, and with
  // nothing typed it leads to the field.
  add.addEventListener("click", (event) => {
    const input = document.getElementById(typed.id);
    if (input && input.value.trim() === "") {
      event.preventDefault();
      input.focus();
    }
  });
}
