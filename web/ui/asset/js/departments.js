// Adds to the list of departments a field that filters it, a button that empties it and a
// map that points at it. The check-boxes remain the only state: everything here reads and
// writes them, so what is sent is what is ticked.
import { draw } from "./map.js";

/** Lower case without accents nor hyphens: « Côte-d'Or » is found by « cote d or ». */
function folded(text) {
  return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
}

function plural(count, one, many) {
  return count > 1 ? `${count} ${many}` : count === 1 ? `1 ${one}` : `aucun ${one}`;
}

export function start(box) {
  const ticks = [...box.querySelectorAll("input[name=departement]")];
  const regions = [...box.querySelectorAll("[data-region]")];
  const summary = box.querySelector("[data-summary]");
  const tools = box.querySelector("[data-tools]");
  const filter = tools.querySelector("input");
  const found = tools.querySelector("[role=status]");
  const clear = box.querySelector("[data-clear]");
  const listeners = [];
  const labels = new Map(ticks.map((tick) => [tick, tick.labels[0].textContent.trim()]));

  const refresh = () => {
    const picked = ticks.filter((tick) => tick.checked);
    const text = picked.map((tick) => labels.get(tick)).join(", ") || summary.dataset.empty;
    // The live region speaks at each writing: only write what is new.
    if (summary.textContent !== text) summary.textContent = text;
    clear.hidden = picked.length === 0;
    for (const region of regions) {
      const inside = ticks.filter((tick) => region.contains(tick));
      const on = inside.filter((tick) => tick.checked).length;
      const whole = region.querySelector("input[name=region]");
      if (whole) {
        whole.checked = on === inside.length;
        whole.indeterminate = on > 0 && on < inside.length;
      }
      region.classList.toggle("has-picked", on > 0);
      region.querySelector("[data-count]").textContent = on > 0 ? `${on} sur ${inside.length}` : `${inside.length}`;
    }
    for (const listener of listeners) listener();
  };

  box.addEventListener("change", (event) => {
    if (event.target.name === "region") {
      const region = event.target.closest("[data-region]");
      for (const tick of ticks) if (region.contains(tick)) tick.checked = event.target.checked;
    }
    refresh();
  });

  const matching = () => {
    const sought = folded(filter.value);
    if (!sought) return ticks;
    // A number is sought from its start (« 6 », « 67 », « 2a »), a name anywhere at the
    // start of a word.
    return ticks.filter((tick) => {
      const code = folded(tick.value);
      const name = ` ${folded(labels.get(tick).replace(/^\([^)]*\)/, ""))}`;
      return /^\d/.test(sought) ? code.startsWith(sought) : name.includes(` ${sought}`);
    });
  };

  const wereOpen = new Set(regions.filter((region) => region.open));
  const narrow = () => {
    const shown = new Set(matching());
    const sought = filter.value.trim() !== "";
    for (const tick of ticks) tick.closest(".choice").hidden = !shown.has(tick);
    for (const region of regions) {
      const any = ticks.some((tick) => region.contains(tick) && shown.has(tick));
      region.hidden = !any;
      region.open = sought ? any : wereOpen.has(region);
      const whole = region.querySelector(".whole-region");
      if (whole) whole.hidden = sought;
    }
    found.textContent = sought ? `${plural(shown.size, "département affiché", "départements affichés")}.` : "";
    for (const listener of listeners) listener(sought ? shown : undefined);
  };

  filter.addEventListener("input", (event) => {
    event.stopPropagation(); // the filter is no part of what the form says
    narrow();
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter here must not send the form
    const only = matching();
    if (filter.value.trim() && only.length === 1) {
      only[0].click();
      filter.value = "";
      narrow();
    }
  });

  clear.addEventListener("click", () => {
    for (const tick of ticks) tick.checked = false;
    refresh();
    filter.focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });

  tools.hidden = false;
  refresh();
  draw(box, ticks, labels).then((show) => {
    listeners.push(show);
    show();
  });
}
