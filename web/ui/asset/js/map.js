// The map of departments, beside the list: every area is the check-box of the same name.
// The list remains the only state. The keyboard has one stop here, then the arrows go to
// the nearest department that way, overseas included: ninety-six stops would be a wall.
const zoomedCodes = ["75", "92", "93", "94", "91", "78", "95", "77"];
const zoomed = "301 133 26 26"; // the same map around Paris, where areas are too small to hit
const svgSpace = "http://www.w3.org/2000/svg";
const shades = 4;

/** How dark an area is: the counts are parted in as many even groups as there are shades. */
function shadeOf(count, ranked) {
  if (!count) return 0;
  return 1 + Math.floor((ranked.indexOf(count) * shades) / ranked.length);
}

function said(tick, label) {
  const count = Number(tick.dataset.count ?? 0);
  return count ? `${label}, ${count} ${count > 1 ? "annonces" : "annonce"}` : label;
}

/** The middle of an area on the screen. */
function middle(area) {
  const r = area.getBoundingClientRect();
  return { x: r.left + r.width / 2, y: r.top + r.height / 2 };
}

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The nearest area that way; what lies aside counts twice. */
function towards(from, areas, [dx, dy]) {
  const at = middle(from);
  let best;
  let least = Infinity;
  for (const area of areas) {
    const to = middle(area);
    const ahead = (to.x - at.x) * dx + (to.y - at.y) * dy;
    const aside = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
    if (area === from || ahead < 1 || aside > ahead * 2) continue;
    if (ahead + 2 * aside < least) {
      least = ahead + 2 * aside;
      best = area;
    }
  }
  return best;
}

/** Makes an area a check-box, of which one at a time is a stop of the Tab key. */
function dress(area, tick, label) {
  area.setAttribute("role", "checkbox");
  area.setAttribute("aria-label", said(tick, label));
  area.setAttribute("tabindex", "-1");
}

function drawLand(map, byCode, labels, ranked) {
  const zoom = document.createElementNS(svgSpace, "svg");
  zoom.setAttribute("viewBox", zoomed);
  zoom.setAttribute("aria-hidden", "true");
  const areas = [];
  for (const path of map.querySelectorAll("path")) {
    const tick = byCode.get(path.dataset.code);
    if (!tick) continue;
    path.dataset.shade = shadeOf(Number(tick.dataset.count), ranked);
    const title = document.createElementNS(svgSpace, "title");
    title.textContent = said(tick, labels.get(tick));
    path.append(title);
    if (zoomedCodes.includes(path.dataset.code)) zoom.append(path.cloneNode(true));
    dress(path, tick, labels.get(tick));
    areas.push(path);
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
  return { land, areas };
}

function drawTiles(ticks, labels, drawn, ranked) {
  const tiles = document.createElement("div");
  tiles.className = "map-tiles";
  const areas = [];
  for (const tick of ticks) {
    if (drawn.has(tick.value)) continue;
    const tile = document.createElement("span");
    tile.className = "map-tile";
    tile.dataset.code = tick.value;
    tile.dataset.shade = shadeOf(Number(tick.dataset.count), ranked);
    tile.textContent = labels.get(tick);
    tile.title = said(tick, labels.get(tick));
    dress(tile, tick, labels.get(tick));
    tiles.append(tile);
    areas.push(tile);
  }
  return { tiles, areas };
}

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
  const ranked = [...new Set(ticks.map((tick) => Number(tick.dataset.count ?? 0)).filter(Boolean))].sort((a, b) => a - b);

  const sheet = holder.querySelector("[data-sheet]");
  const { land, areas } = drawLand(map, byCode, labels, ranked);
  const { tiles, areas: overseas } = drawTiles(ticks, labels, new Set(areas.map((area) => area.dataset.code)), ranked);
  areas.push(...overseas);
  sheet.append(land, tiles);

  const toggle = (area) => byCode.get(area?.dataset.code)?.click();
  const stop = (area) => {
    for (const one of areas) one.setAttribute("tabindex", one === area ? "0" : "-1");
  };
  stop(areas.find((area) => byCode.get(area.dataset.code).checked) ?? areas[0]);

  sheet.addEventListener("click", (event) => {
    const area = event.target.closest("[data-code]");
    toggle(area);
    if (areas.includes(area)) stop(area);
  });
  sheet.addEventListener("keydown", (event) => {
    const area = event.target.closest("[data-code]");
    if (!area || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault(); // neither the page scrolls nor the form leaves
      toggle(area);
      return;
    }
    const next = ways[event.key] && towards(area, areas, ways[event.key]);
    if (!ways[event.key]) return;
    event.preventDefault();
    if (!next) return;
    stop(next);
    next.focus();
  });
  holder.hidden = false;
  box.querySelector("[data-body]").classList.add("with-map");

  return (shown) => {
    for (const area of sheet.querySelectorAll("[data-code]")) {
      const tick = byCode.get(area.dataset.code);
      area.classList.toggle("on", Boolean(tick?.checked));
      area.classList.toggle("dim", Boolean(shown && !shown.has(tick)));
      if (area.hasAttribute("role")) area.setAttribute("aria-checked", String(Boolean(tick?.checked)));
    }
  };
}
