// Helps that pages work without: focus and spoken notices after small updates, printing, reading aloud.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function one(selector) { return doc.querySelector(selector); }

  // ---- After an answer with things to mend, the summary has the focus even where autofocus did not reach it.
  var errors = one(".errors");
  if (errors && doc.activeElement !== errors) errors.focus();

  // ---- The same button pressed twice in a moment sends once; the server takes the same again harmlessly anyway.
  doc.addEventListener("submit", function (event) {
    var form = event.target, pressed = (event.submitter && event.submitter.value) || "", now = Date.now();
    if (form.sentAt && now - form.sentAt < 1000 && form.sentBy === pressed) event.preventDefault();
    else { form.sentAt = now; form.sentBy = pressed; }
  });

  all("[data-print-page]").forEach(function (button) {
    button.hidden = !window.print;
    button.addEventListener("click", function () { window.print(); });
  });

  // ---- Small updates by htmx: no scripts and no evaluated attributes, focus never lost, one sentence spoken.
  function say(words) {
    var status = doc.getElementById("status");
    if (status && words) { status.textContent = ""; setTimeout(function () { status.textContent = words; }, 50); }
  }
  function Refuse() { throw new Error("nothing is evaluated on this site"); }
  function areaOf(group) { var area = group && group.querySelector("[id$='-area']"); return area ? area.value : ""; }
  var areaBefore = "", filled = "";
  function afterUpdate(target) {
    var fresh = (target && target.id && doc.getElementById(target.id)) || target;
    if (!fresh || !fresh.querySelector) return;
    var told = fresh.hasAttribute("data-status") ? fresh : fresh.querySelector("[data-status]");
    if (told) say(told.getAttribute("data-status"));
    if (fresh.hasAttribute("data-done")) {
      var area = areaOf(fresh), done = area && (area !== areaBefore || area === filled);
      if (done) filled = area;
      say(fresh.getAttribute(done ? "data-done" : "data-none"));
    }
    if (doc.activeElement && doc.activeElement !== doc.body) return;
    var heading = fresh.querySelector(".errors, h1, h2, h3") || fresh;
    if (!heading.hasAttribute("tabindex")) heading.setAttribute("tabindex", "-1");
    heading.focus();
  }
  doc.addEventListener("DOMContentLoaded", function () {
    if (!window.htmx) return;
    window.htmx.registerExtension("guard", {
      init: function (inside) {
        inside.initSecurity({ createHTML: function (html) { return html; }, createScript: function () { return ""; } }, Refuse, Refuse);
      },
      htmx_before_swap: function (element, detail) {
        areaBefore = areaOf(element.closest("[data-done]"));
        detail.tasks.forEach(function (task) { all("script", task.fragment).forEach(function (found) { found.remove(); }); });
      }
    });
    doc.addEventListener("htmx:after:swap", function (event) {
      afterUpdate(event.detail.ctx ? event.detail.ctx.target : event.target);
    });
    doc.addEventListener("htmx:error", function (event) {
      // Where the small update fails, the ordinary form goes the long way.
      var from = event.target.closest && event.target.closest("button[name=then]");
      if (from && from.form) { from.removeAttribute("data-hx-post"); from.form.requestSubmit ? from.form.requestSubmit(from) : from.click(); }
    });
  });

  // ---- Reading aloud: its program comes only where this device has a voice for the page's language.
  var synth = window.speechSynthesis, shapes = doc.getElementById("aloud-buttons"), asked = false;
  function primary(lang) { return (lang || "").replace("_", "-").toLowerCase().split("-")[0]; }
  function bringVoice() {
    var fits = synth.getVoices().some(function (voice) { return primary(voice.lang) === primary(root.lang); });
    if (asked || !fits) return;
    asked = true;
    var script = doc.createElement("script");
    script.src = shapes.getAttribute("data-program");
    doc.head.appendChild(script);
  }
  if (synth && window.SpeechSynthesisUtterance && shapes) {
    if (synth.addEventListener) synth.addEventListener("voiceschanged", bringVoice);
    bringVoice();
  }

  // ---- Something on this device could not be sent: one line says so. A draft's own pages look closer and say it themselves.
  var unsent = doc.getElementById("unsent-notice");
  try { if (unsent && !one("[data-unsent], [data-none]")) unsent.hidden = !localStorage.getItem("unsent"); } catch (e) { /* then nothing is said */ }

  // ---- Reading without a network: the worker comes when the page is done, never on a shared machine, and not on the page that
  // says that everything was forgotten.
  var workers = navigator.serviceWorker;
  function bringWorker() {
    if (root.hasAttribute("data-kiosk")) return workers.getRegistrations().then(function (some) { some.forEach(function (one) { one.unregister(); }); });
    if (!/\/left$/.test(location.pathname)) workers.register("/worker.js").catch(function () {});
  }
  if (workers && window.isSecureContext) addEventListener("load", function () { (window.requestIdleCallback || setTimeout)(bringWorker); });
})();
