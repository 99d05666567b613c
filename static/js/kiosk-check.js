// The self-check of a shared machine: what a page can see of its browser by itself. Nothing is stored but the mark that must be gone.
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("check"), MARK = "madoguchi-check", STEPS = 25;
  var came = (performance.getEntriesByType && performance.getEntriesByType("navigation")[0]) || {};

  // ---- The page from which the browser goes back
  if (doc.getElementById("come-back")) {
    setTimeout(function () { history.back(); }, 600);
    return;
  }
  if (!form) return;

  function find(name, found, figure) {
    var box = form.querySelector('[data-check="' + name + '"]'), radio = doc.getElementById(name + "-" + found);
    if (!box || !radio) return;
    radio.checked = true;
    show(box, found);
    if (found !== "unknown") box.setAttribute("data-known", "");
    if (figure) box.querySelector("[data-figure]").textContent = figure;
  }
  function show(box, found) {
    Array.prototype.forEach.call(box.querySelectorAll("[data-found]"), function (one) {
      one.hidden = one.getAttribute("data-found") !== found;
    });
  }
  function judge(name, good, figure) { find(name, good ? "safe" : "unsafe", figure); }
  form.addEventListener("change", function (event) { if (event.target.type === "radio") show(event.target.closest("fieldset"), event.target.value); });

  // ---- Was the browser thrown away since the mark was left? A longer way back says that it was not.
  function read() { try { return localStorage.getItem(MARK); } catch (error) { return null; } }
  if (form.getAttribute("data-marked") === "yes") {
    judge("leftovers", !read());
    judge("restart", history.length < STEPS);
  }
  form.addEventListener("submit", function (event) {
    if (!event.submitter || event.submitter.id !== "mark") return;
    try { localStorage.setItem(MARK, "1"); } catch (error) { /* no storage: nothing can be left over */ }
    for (var step = 0; step < STEPS; step++) history.pushState(null, "", location.pathname);
  });

  // ---- Back
  if (came.type === "back_forward") judge("back-cache", true);
  addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    judge("back-cache", false);
    fetch(form.action, { method: "POST", body: new URLSearchParams({ then: "back-cache" }), keepalive: true, redirect: "manual" });
  });

  // ---- What the browser says of itself
  var workers = navigator.serviceWorker;
  if (!workers) judge("worker", true);
  else workers.getRegistrations().then(function (list) { judge("worker", list.length === 0); }, function () { judge("worker", true); });
  judge("notifications", !window.Notification || window.Notification.permission === "denied");
  judge("https", location.protocol === "https:");
  var away = Math.round((Date.now() - form.getAttribute("data-now")) / 1000);
  judge("clock", Math.abs(away) < 120, (away > 0 ? "+" : "") + away + " s");
  judge("whole-screen", Math.abs(screen.width - innerWidth) < 3 && Math.abs(screen.height - innerHeight) < 3);
  find("screen", innerWidth >= 800 ? "safe" : "unknown", innerWidth + " × " + innerHeight);
  find("touch", matchMedia("(pointer: coarse)").matches ? "safe" : "unknown");

  // ---- The voice
  var button = doc.getElementById("speak");
  if (button && window.AudioContext) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var sound = new window.AudioContext(), body = new URLSearchParams({ text: button.getAttribute("data-words"), lang: "ja", speed: form.getAttribute("data-speed") });
      fetch(form.getAttribute("data-speech"), { method: "POST", body: body }).then(function (answer) {
        if (!answer.ok) throw new Error("no voice");
        return answer.arrayBuffer();
      }).then(function (bytes) { return sound.decodeAudioData(bytes); }).then(function (heard) {
        var source = sound.createBufferSource();
        source.buffer = heard;
        source.connect(sound.destination);
        source.start();
      }).catch(function () {
        doc.getElementById("no-voice").hidden = false;
        find("speech", "unsafe");
        form.querySelector('[data-check="speech"]').removeAttribute("data-known");
      });
    });
  }
})();
