// Lists of applications by single keys: j next, k before, x tick, / search. A button turns them off, and this device remembers it.
(function () {
  "use strict";
  var doc = document, place = doc.getElementById("keys"), words = doc.getElementById("words"), OFF = "work-keys-off";
  if (!place) return;
  var button = place.querySelector("button"), status = doc.getElementById("status"), on = true;
  var links = Array.prototype.slice.call(doc.querySelectorAll("#list tbody th a"));
  try { on = !localStorage.getItem(OFF); } catch (e) { /* then they are on */ }
  function show() {
    button.setAttribute("aria-pressed", String(on));
    place.hidden = false;
  }
  button.addEventListener("click", function () {
    on = !on;
    try { on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch (e) { /* then for this page only */ }
    show();
    if (status) status.textContent = place.getAttribute(on ? "data-said-on" : "data-said-off");
  });
  show();

  function row() { var at = doc.activeElement; return at && at.closest ? at.closest("#list tbody tr") : null; }
  function move(by) {
    var here = row(), at = here ? links.indexOf(here.querySelector("th a")) : by > 0 ? -1 : links.length;
    var next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
    if (next) next.focus();
  }
  function tick() { var here = row(), box = here && here.querySelector("input"); if (box) box.click(); }
  doc.addEventListener("keydown", function (event) {
    var at = event.target, typing = at.matches && at.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (!on || typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x") tick();
    else if (event.key === "/" && words) words.focus();
    else return;
    event.preventDefault();
  });
})();
