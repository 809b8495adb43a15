// While a form is being filled, shows what it would do: sends the form to
// data-preview-url and puts the answer (a fragment of our own HTML) in the element whose
// id is data-preview-target. Only the answer to the latest state is shown; a failure
// leaves the last one, which the reader already has.
const pause = 400; // milliseconds without typing before asking

export function start(form) {
  const target = document.getElementById(form.dataset.previewTarget);
  if (!target) return;
  let timer;
  let pending;

  const ask = async () => {
    pending?.abort();
    pending = new AbortController();
    target.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.previewUrl, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/html" },
        signal: pending.signal,
      });
      if (answer.ok) target.innerHTML = await answer.text();
      target.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") target.removeAttribute("aria-busy");
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
