// Looks a company up in the directory when its SIRET has been typed, and hides the fields
// that the directory fills in. Without it the button « Rechercher l'entreprise » does the
// same, and the server looks the SIRET up again in any case.

/** The company's name and address, as the server writes them. */
function named(name, address) {
  const p = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = name;
  p.append(strong);
  for (const line of address) p.append(document.createElement("br"), line);
  return p;
}

/** What is to be said of it. */
function remark(text) {
  const p = document.createElement("p");
  p.className = "hint";
  p.textContent = text;
  return p;
}

export function start(form) {
  const siret = form.querySelector("[name=siret]");
  const said = form.querySelector("[data-said]");
  const typed = form.querySelector("[data-typed]");
  const digits = () => siret.value.replace(/\D/g, "");
  let shown = said.children.length > 0 ? digits() : "";
  let pending;

  const show = ({ found, name, address = [], text }) => {
    const lines = found ? [named(name, address)] : [];
    if (text) lines.push(remark(text));
    said.replaceChildren(...lines);
    typed.hidden = found;
    const fold = typed.querySelector("details");
    if (!found && fold && lines.length > 0) fold.open = true;
  };

  const look = async () => {
    const asked = digits();
    if (asked.length !== 14 || asked === shown) return;
    pending?.abort();
    const mine = (pending = new AbortController());
    shown = asked;
    try {
      const address = new URL(form.dataset.lookup, location.href);
      address.searchParams.set("siret", asked);
      const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "application/json" } });
      // 422 is a SIRET that cannot be: sending the form says why.
      if (answer.ok || answer.status === 429) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") shown = "";
    }
  };

  siret.addEventListener("input", () => {
    if (digits() === shown) return;
    pending?.abort();
    shown = "";
    show({ found: false });
    look();
  });
  siret.addEventListener("blur", look);
}
