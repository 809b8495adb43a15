// While a form is being filled, shows what it would do: sends the form to
// data-preview-url and puts the answer (a fragment of our own HTML) in the element whose
// id is data-preview-target. Only the answer to the latest state is shown; a failure
// leaves the last one, which the reader already has. What is announced is one sentence,
// when it has changed and the typing has stopped for longer.
const pause = 400; // milliseconds without typing before asking
const breath = 1200; // and before saying

export function start(form) {
  const target = document.getElementById(form.dataset.previewTarget);
  if (!target) return;
  const bar = document.querySelector(`[data-sum-of="${target.id}"]`);
  const voice = document.querySelector(`[data-said-of="${target.id}"]`);
  let timer;
  let speaking;
  let pending;

  const sum = () => {
    if (!bar) return;
    bar.textContent = target.querySelector("[data-sum]")?.dataset.sum ?? "";
    bar.hidden = bar.textContent === "";
  };
  const say = () => {
    const sentence = target.querySelector("[data-said]")?.dataset.said ?? "";
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      if (voice && voice.textContent !== sentence) voice.textContent = sentence;
    }, breath);
  };

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
      if (answer.ok) show(await answer.text());
      target.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") target.removeAttribute("aria-busy");
    }
  };
  // What the reader has unfolded stays so, and what has the focus keeps it.
  const show = (html) => {
    const unfolded = [...target.querySelectorAll("details")].map((one) => one.open);
    const had = target.contains(document.activeElement);
    target.innerHTML = html;
    target.querySelectorAll("details").forEach((one, i) => (one.open = unfolded[i] ?? false));
    for (const button of target.querySelectorAll("button[form]")) button.formAction = `${form.action}#${target.id}`;
    if (had) target.focus({ preventScroll: true });
    sum();
    say();
  };
  // A word that is offered goes into its field without leaving the page; other offers are
  // sent with the form, which comes back with them.
  target.addEventListener("click", (event) => {
    const offer = event.target.closest("button[data-into]");
    const field = offer && document.getElementById(offer.dataset.into);
    if (!field) return;
    event.preventDefault();
    const { for: old, word } = offer.dataset;
    const words = field.value.split(/([\s,;]+)/);
    const at = old ? words.indexOf(old) : -1;
    if (at < 0) words.push(" ", word);
    else words[at] = word;
    field.value = words.join("").trim();
    target.focus({ preventScroll: true });
    clearTimeout(timer);
    ask();
  });
  const later = () => {
    clearTimeout(timer);
    clearTimeout(speaking);
    timer = setTimeout(ask, pause);
  };
  sum();
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}
