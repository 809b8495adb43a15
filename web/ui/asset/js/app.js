// Wakes the modules that a page asks for: data-module="lookup" loads ./lookup.js and
// gives its start() the element. A page works without any of this.
const known = {
  addresses: () => import("./addresses.js"),
  autosubmit: () => import("./autosubmit.js"),
  company: () => import("./company.js"),
  departments: () => import("./departments.js"),
  focus: () => import("./focus.js"),
  lookup: () => import("./lookup.js"),
  passkey: () => import("./passkey.js"),
  poste: () => import("./poste.js"),
  preview: () => import("./preview.js"),
  print: () => import("./print.js"),
  reveal: () => import("./reveal.js"),
};

/** Starts every module asked for inside root. */
export function wake(root) {
  for (const element of root.querySelectorAll("[data-module]")) {
    for (const name of element.dataset.module.split(" ")) {
      known[name]?.().then((module) => module.start(element));
    }
  }
}

wake(document);
