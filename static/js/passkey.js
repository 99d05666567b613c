// Passkeys: asks the device, fills the form's answer and sends it. Where this cannot run, the one-time code works alone.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !window.fetch || !navigator.credentials) return;

  function toBytes(words) {
    var plain = atob(words.replace(/-/g, "+").replace(/_/g, "/")), bytes = new Uint8Array(plain.length), at;
    for (at = 0; at < plain.length; at += 1) bytes[at] = plain.charCodeAt(at);
    return bytes;
  }
  function toWords(buffer) {
    var plain = Array.prototype.map.call(new Uint8Array(buffer), function (one) { return String.fromCharCode(one); }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function read(options) {
    // Bytes travel as base64url; the browser wants them as bytes.
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    ["allowCredentials", "excludeCredentials"].forEach(function (list) {
      (options[list] || []).forEach(function (one) { one.id = toBytes(one.id); });
    });
    return { publicKey: options };
  }
  function write(made) {
    var answer = { id: made.id, rawId: toWords(made.rawId), type: made.type, response: {} };
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (part) {
      if (made.response[part]) answer.response[part] = toWords(made.response[part]);
    });
    return JSON.stringify(answer);
  }

  Array.prototype.slice.call(document.querySelectorAll("[data-passkey]")).forEach(function (box) {
    var form = box.closest("form"), button = box.querySelector("button"), what = box.getAttribute("data-passkey");
    var words = box.querySelector(".passkey-words"), status = document.getElementById("status");
    function fail() {
      words.textContent = box.getAttribute("data-failed");
      if (status) status.textContent = words.textContent;
      button.disabled = false;
    }
    box.hidden = false;
    button.addEventListener("click", function () {
      var ask = new URLSearchParams();
      ask.set("csrf", form.elements.csrf.value);
      ask.set("what", what);
      words.textContent = "";
      if (status) status.textContent = "";
      fetch(box.getAttribute("data-ask"), { method: "POST", credentials: "same-origin", body: ask }).then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error("no answer");
        return answer.json();
      }).then(function (options) {
        return what === "new" ? navigator.credentials.create(read(options)) : navigator.credentials.get(read(options));
      }).then(function (made) {
        form.elements.answer.value = write(made);
        form.submit();
      }).catch(fail);
    });
  });
})();
