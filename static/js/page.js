// Small helps that no page needs: pages work without them.
(function () {
  "use strict";
  // After an answer with things to mend, the summary has the focus even where autofocus did not reach it.
  var errors = document.getElementById("errors");
  if (errors && document.activeElement !== errors) errors.focus();
  var hint = document.querySelector("[data-print-hint]");
  if (hint) window.print && hint.addEventListener("click", function () { window.print(); });
})();
