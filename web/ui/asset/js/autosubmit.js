// A form of one list submits itself at the choice; its button, useful without scripts,
// goes. A sentence warns beforehand those who do not see the page change (WCAG 3.2.2).
export function start(form) {
  const select = form.querySelector("select");
  const warning = document.createElement("span");
  warning.className = "unseen";
  warning.id = `${select.id}-effet`;
  warning.textContent = "La liste se met à jour dès que vous choisissez.";
  select.after(warning);
  select.setAttribute("aria-describedby", warning.id);
  form.querySelector("button").hidden = true;
  select.addEventListener("change", () => form.requestSubmit());
}
