// The map of departments: a shortcut for whoever points. It is hidden from assistive
// technology and holds no tab stop, because each of its areas is a check-box in the list
// beside it, which says more (name, number, state) and is reached with fewer keys than
// ninety-six areas; see DepartmentPicker.
const greaterParis = ["75", "92", "93", "94"];
const zoomed = "301 133 26 26"; // the same map around Paris, where areas are too small to hit
const svgSpace = "http://www.w3.org/2000/svg";

/**
 * Draws the map beside the list. Gives a function to call when ticks change; a set of
 * ticks given to it dims the others.
 */
export async function draw(box, ticks, labels) {
  const holder = box.querySelector("[data-map-holder]");
  const answer = await fetch(box.dataset.map);
  if (!answer.ok) return () => {};
  const map = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  const byCode = new Map(ticks.map((tick) => [tick.value, tick]));

  const sheet = holder.querySelector("[data-sheet]");
  const zoom = document.createElementNS(svgSpace, "svg");
  zoom.setAttribute("viewBox", zoomed);
  for (const path of map.querySelectorAll("path")) {
    const tick = byCode.get(path.dataset.code);
    if (!tick) continue;
    const title = document.createElementNS(svgSpace, "title");
    title.textContent = labels.get(tick);
    path.append(title);
    if ([...greaterParis, "91", "78", "95", "77"].includes(path.dataset.code)) zoom.append(path.cloneNode(true));
  }
  const circle = document.createElement("div");
  circle.className = "map-zoom";
  circle.append(zoom);
  const name = document.createElement("span");
  name.className = "map-zoom-name";
  name.textContent = "autour de Paris";
  const land = document.createElement("div");
  land.className = "map-land";
  land.append(map, circle, name);
  sheet.append(land);

  const drawn = new Set([...map.querySelectorAll("path")].map((path) => path.dataset.code));
  const tiles = document.createElement("div");
  tiles.className = "map-tiles";
  for (const tick of ticks) {
    if (drawn.has(tick.value)) continue;
    const tile = document.createElement("span");
    tile.className = "map-tile";
    tile.dataset.code = tick.value;
    tile.textContent = labels.get(tick);
    tiles.append(tile);
  }
  sheet.append(tiles);

  sheet.addEventListener("click", (event) => {
    const area = event.target.closest("[data-code]");
    byCode.get(area?.dataset.code)?.click();
  });
  holder.hidden = false;
  box.querySelector("[data-body]").classList.add("with-map");

  return (shown) => {
    for (const area of sheet.querySelectorAll("[data-code]")) {
      const tick = byCode.get(area.dataset.code);
      area.classList.toggle("on", Boolean(tick?.checked));
      area.classList.toggle("dim", Boolean(shown && !shown.has(tick)));
    }
  };
}
