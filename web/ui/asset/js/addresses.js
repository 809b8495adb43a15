// Adds and removes rows of further addresses in place. Without it the same buttons send
// the form, which comes back with one row more or less.
export function start(box) {
  const rows = box.querySelector("[data-rows]");
  const model = box.querySelector("template");
  const add = box.querySelector("[name=action]");
  const status = box.querySelector("[role=status]");
  const most = Number(box.dataset.max);
  let serial = rows.children.length;

  const refresh = () => {
    add.hidden = most > 0 && rows.children.length >= most;
  };

  add.addEventListener("click", (event) => {
    event.preventDefault();
    const row = model.content.firstElementChild.cloneNode(true);
    const input = row.querySelector("input");
    serial += 1;
    input.id = `${box.id}-${serial}`;
    row.querySelector("label").htmlFor = input.id;
    rows.append(row);
    refresh();
    input.focus();
  });

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    const row = button.closest(".address-row");
    const text = row.querySelector("input").value;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    status.textContent = text ? `${text} est retirée de la liste.` : "Ligne retirée.";
    refresh();
    (next?.querySelector("input") ?? add).focus();
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  refresh();
}
