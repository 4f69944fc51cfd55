// Passkeys: the browser asks the authenticator, and what both say goes into the form. Without this, passwords and codes
// do as before.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) { return; }
  function bytes(base64) { return Uint8Array.from(atob(base64), function (c) { return c.charCodeAt(0); }); }
  function keys(numbers) {
    return numbers.split(" ").filter(Boolean).map(function (id) { return { type: "public-key", id: bytes(id) }; });
  }
  function put(form, name, buffer) {
    var letters = Array.from(new Uint8Array(buffer || []), function (b) { return String.fromCharCode(b); });
    form.elements[name].value = btoa(letters.join(""));
  }
  function challenge(asked) { return new TextEncoder().encode(asked.challenge); }
  function make(asked) {
    return navigator.credentials.create({ publicKey: {
      challenge: challenge(asked), timeout: 300000, attestation: "none", rp: { name: asked.window },
      user: { id: bytes(asked.handle), name: asked.account, displayName: asked.account },
      pubKeyCredParams: [-7, -8, -257].map(function (alg) { return { type: "public-key", alg: alg }; }),
      excludeCredentials: keys(asked.have),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" }
    } });
  }
  function sign(asked) {
    return navigator.credentials.get({ publicKey: {
      challenge: challenge(asked), timeout: 300000, userVerification: "required", allowCredentials: keys(asked.have || "")
    } });
  }
  function wire(form) {
    var asked = form.dataset, making = asked.passkey === "make", code = form.elements.code;
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      // A code does as well where there are codes.
      if (code && code.value) { return; }
      event.preventDefault();
      var button = event.submitter, said = form.querySelector("[role=status]");
      said.textContent = "";
      (making ? make(asked) : sign(asked)).then(function (made) {
        var told = made.response;
        put(form, "id", made.rawId);
        put(form, "client", told.clientDataJSON);
        put(form, "data", making ? told.getAuthenticatorData() : told.authenticatorData);
        if (!making) {
          put(form, "signature", told.signature);
          put(form, "user", told.userHandle);
        }
        if (button && button.hasAttribute("formaction")) { form.action = button.formAction; }
        form.submit();
      }).catch(function () { said.textContent = asked.failed; });
    });
  }
  document.querySelectorAll("form[data-passkey]").forEach(wire);
}());
