// Makes or uses a passkey: asks the server what to ask the authenticator, asks it, and
// sends its answer with the form, whose page then says what came of it.
const cancelled = "La demande a été annulée, ou elle a duré trop longtemps. Recommencez quand vous voulez.";

const problems = {
  create: {
    InvalidStateError: "Cet appareil a déjà une clé d'accès de votre compte.",
    NotSupportedError: "Cet appareil ne sait pas créer de clé d'accès. Essayez avec un autre.",
    ConstraintError: "Cet appareil ne sait pas vérifier que c'est vous : il lui faut une empreinte, un visage ou un code.",
    SecurityError: "Les clés d'accès ne peuvent pas servir à cette adresse.",
    NotAllowedError: cancelled,
    AbortError: cancelled,
  },
  get: {
    NotSupportedError: "Cet appareil ne sait pas se servir de clés d'accès. Connectez-vous autrement.",
    SecurityError: "Les clés d'accès ne peuvent pas servir à cette adresse.",
    NotAllowedError: "La demande a été annulée, elle a duré trop longtemps, ou cet appareil n'a pas de clé d'accès pour ce compte.",
    AbortError: cancelled,
  },
};
const otherwise = "La clé d'accès n'a pas pu servir. Recommencez, ou choisissez un autre moyen.";

function bytes(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What the server wrote, as browsers of every age take it. */
function read({ publicKey }) {
  const known = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = known(publicKey.allowCredentials);
  return options;
}

/** What the authenticator answered, as the server reads it. No extension is asked for. */
function written(key) {
  const { response } = key;
  const out = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) out[part] = text(response[part]);
  }
  if (response.getTransports) out.transports = response.getTransports();
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, response: out });
}

export function start(form) {
  const verb = form.dataset.verb;
  if (!window.PublicKeyCredential || !navigator.credentials?.[verb]) {
    const unknown = form.parentElement.querySelector("[data-unknown]");
    if (unknown) unknown.hidden = false;
    return;
  }
  const button = form.querySelector("button");
  const says = form.querySelector("[data-says]");
  const say = (sentence) => {
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = sentence;
    says.replaceChildren(line);
  };

  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    says.replaceChildren();
    button.disabled = true;
    try {
      const asked = await fetch(form.dataset.options, { method: "POST", redirect: "manual", headers: { Accept: "application/json" } });
      if (!asked.ok) {
        location.assign(form.dataset.again); // what was under way is over: that page says so
        return;
      }
      const key = await navigator.credentials[verb]({ publicKey: read(await asked.json()) });
      form.elements.reponse.value = written(key);
      form.submit();
      return;
    } catch (error) {
      say(problems[verb][error.name] ?? otherwise);
    }
    button.disabled = false;
    button.focus();
  });
}
