// A shared machine's last page leads on by itself, once the service answers: until then it stays, with a word of it.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, AGAIN = 5000, asking = false;
  var at = root.getAttribute("data-kiosk-at"), next = root.getAttribute("data-kiosk-next");
  if (root.getAttribute("data-kiosk") !== "bye" || !next) return;

  function go() {
    // The machine's own program answers without a network, and gives no answer to scripts of other pages.
    if (next.charAt(0) !== "/" || !window.fetch || !window.URLSearchParams) return location.replace(next);
    if (asking) return;
    asking = true;
    fetch(at + "beat", { method: "POST", body: new URLSearchParams({ state: "bye" }), cache: "no-store" }).then(function (answer) {
      if (answer.status >= 500) throw new Error("not there");
      location.replace(next);
    }).catch(function () {
      asking = false;
      doc.querySelector("[data-kiosk-no-way]").hidden = false;
      setTimeout(go, AGAIN);
    });
  }
  setTimeout(go, root.getAttribute("data-kiosk-after") * 1000);
  doc.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href") !== next) return;
    event.preventDefault();
    go();
  });
})();
