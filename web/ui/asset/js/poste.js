// Tries what the computer can do, one line at a time, and writes a report. Each line says
// its state by a word and an icon of the page's own templates.
const labels = { ok: "Convient", lent: "À surveiller", non: "Ne convient pas" };

/** A state, and what was measured, in words. */
const says = (state, measure = "") => ({ state, measure });

const number = (value, digits = 1) => value.toLocaleString("fr-FR", { maximumFractionDigits: digits });

/** How far this clock is from the server's, in seconds, counted from the middle of the exchange. */
async function skew(address) {
  let best;
  for (let i = 0; i < 3; i++) {
    const before = Date.now();
    const start = performance.now();
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    const { instant } = await answer.json();
    const took = performance.now() - start;
    if (!best || took < best.took) best = { took, seconds: (before + took / 2 - instant) / 1000 };
  }
  return best.seconds;
}

/** Megabits a second, for so many bytes. */
const rate = (bytes, milliseconds) => (bytes * 8) / 1e6 / (Math.max(milliseconds, 1) / 1000);

const speed = (value) => says(value >= 2 ? "ok" : value >= 0.5 ? "lent" : "non", `${number(value)} Mbit/s. `);

function tests(box) {
  let size = 0;
  return {
    javascript: () => says("ok"),
    temoins: () => says(navigator.cookieEnabled ? "ok" : "non"),
    async heure() {
      const seconds = await skew(box.dataset.heure);
      const size = Math.abs(seconds);
      const way = seconds > 0 ? "en avance" : "en retard";
      const text = size < 1 ? "Moins d'une seconde d'écart avec le serveur. " : `${number(size, 0)} s ${way} sur le serveur. `;
      return says(size > 60 ? "non" : size > 5 ? "lent" : "ok", text);
    },
    fichiers: () => says(window.File && window.FileReader && Blob.prototype.slice ? "ok" : "non"),
    async chiffrement() {
      if (!window.crypto?.subtle) return says("non");
      const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
      await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(16));
      return says("ok");
    },
    async flux() {
      if (!Blob.prototype.stream || !window.TransformStream) return says("non");
      const reader = new Blob(["a"]).stream().getReader();
      const { value } = await reader.read();
      return says(value?.length === 1 ? "ok" : "non");
    },
    async memoire() {
      localStorage.setItem("parvis-essai", "1");
      const kept = localStorage.getItem("parvis-essai") === "1";
      localStorage.removeItem("parvis-essai");
      if (!kept) return says("non");
      const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      const free = (quota - usage) / 1e9;
      if (quota === 0) return says("ok");
      return says(free >= 1 ? "ok" : "lent", `${number(free)} Go disponibles. `);
    },
    async descendant() {
      const start = performance.now();
      const answer = await fetch(box.dataset.debit, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      size = (await answer.arrayBuffer()).byteLength;
      return speed(rate(size, performance.now() - start));
    },
    async montant() {
      const bytes = new Uint8Array(size || 1 << 19);
      for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
      const start = performance.now();
      const answer = await fetch(box.dataset.debit, { method: "POST", body: bytes, headers: { "Content-Type": "application/octet-stream" } });
      if (!answer.ok) throw new Error(String(answer.status));
      return speed(rate(bytes.length, performance.now() - start));
    },
  };
}

export function start(box) {
  const find = (name) => box.querySelector(`[data-${name}]`);
  const lines = [...box.querySelectorAll("[data-essai]")];
  const show = (line, state) => line.querySelector("[data-etat]").replaceChildren(find(state).content.cloneNode(true));

  const run = async () => {
    const all = tests(box);
    const report = [`Parvis, test du poste, ${new Date().toISOString()}`, navigator.userAgent, `Écran ${screen.width} × ${screen.height}, ${navigator.language}`, ""];
    let bad = 0;
    find("encore").hidden = true;
    find("resume").textContent = "Vérifications en cours…";
    for (const line of lines) {
      show(line, "attente");
      let result;
      try {
        result = await all[line.dataset.essai]();
      } catch (error) {
        result = says("non", `La vérification n'a pas abouti (${error.message}). `);
      }
      show(line, result.state);
      line.querySelector("[data-mesure]").textContent = result.measure;
      line.querySelector("[data-rouge]").hidden = result.state === "ok";
      if (result.state !== "ok") bad++;
      report.push(`${line.querySelector("strong").textContent} : ${labels[result.state]}. ${result.measure}`.trim());
    }
    find("resume").textContent = bad === 0 ? "Votre poste convient." : bad === 1 ? "Une ligne demande votre attention." : `${bad} lignes demandent votre attention.`;
    find("rapport").hidden = false;
    find("rapport").querySelector("textarea").value = report.join("\n");
    find("encore").hidden = false;
  };

  find("encore").addEventListener("click", run);
  find("copier").addEventListener("click", async () => {
    const text = find("rapport").querySelector("textarea");
    try {
      await navigator.clipboard.writeText(text.value);
      find("copie").textContent = "Copié.";
    } catch {
      text.select();
      find("copie").textContent = "Sélectionné : copiez par Ctrl + C.";
    }
  });
  run();
}
