// Helps for people who are signed in: a word before the sign-in ends, and passwords that can be looked at.
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("stay");
  var WARN = 120, OFTEN = 15000;

  Array.prototype.slice.call(doc.querySelectorAll("[data-show-passwords]")).forEach(function (button) {
    var shape = button.closest("form");
    button.hidden = false;
    button.addEventListener("click", function () {
      var shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      Array.prototype.slice.call(shape.querySelectorAll("[autocomplete$=password]")).forEach(function (field) {
        field.type = shown ? "text" : "password";
      });
    });
    shape.addEventListener("submit", function () {
      // Browsers offer to keep only what is in a password field.
      Array.prototype.slice.call(shape.querySelectorAll("[autocomplete$=password]")).forEach(function (field) { field.type = "password"; });
      button.setAttribute("aria-pressed", "false");
    });
  });

  if (!form || !window.fetch) return;
  var status = doc.getElementById("status"), ends = Date.now() + form.getAttribute("data-left") * 1000, told = "";
  function say(words) { if (status) { status.textContent = ""; setTimeout(function () { status.textContent = words; }, 50); } }
  function tell(what) {
    // The notice is said and shown once for each state; focus stays where it is.
    if (told === what) return;
    told = what;
    doc.documentElement.classList.toggle("staying", what === "soon");
    form.hidden = what === "";
    if (!what) return;
    form.querySelector("p").textContent = form.getAttribute("data-" + what);
    form.querySelector("button").hidden = what === "over";
    say(form.getAttribute("data-" + what));
  }
  function show(left) {
    ends = Date.now() + left * 1000;
    tell(left <= 0 ? "over" : left <= WARN ? "soon" : "");
  }
  function ask(address, options) {
    return fetch(address, options).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) return { left: 0 };
      if (!answer.ok) throw new Error("no answer");
      return answer.json();
    }).then(function (found) { show(found.left); return found.left; });
  }
  function look() {
    // Another page of the same sign-in may have kept it going: the server knows, and asking makes it no longer.
    if (Date.now() < ends - WARN * 1000 || told === "over") return;
    ask(form.getAttribute("data-ask"), { credentials: "same-origin" }).catch(function () {
      show(Math.max(0, (ends - Date.now()) / 1000));
    });
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var inside = form.contains(doc.activeElement);
    ask(form.action, {
      method: "POST", credentials: "same-origin", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form))
    }).then(function (left) {
      if (left <= WARN) return;
      say(form.getAttribute("data-kept"));
      if (inside) { var main = doc.getElementById("main"); if (main) main.focus({ preventScroll: true }); }
    }).catch(function () { form.submit(); });
  });
  setInterval(look, OFTEN);
  doc.addEventListener("visibilitychange", function () { if (!doc.hidden) look(); });
})();
