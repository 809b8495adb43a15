// Brings the reader to what a page most wants to say first: the summary of errors. The
// autofocus attribute does it in most browsers; this does it in the others.
export function start(element) {
  if (document.activeElement !== element) element.focus({ preventScroll: false });
}
