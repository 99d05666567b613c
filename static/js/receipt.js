// A receipt on a roll is as long as its words need, so that no paper is fed for nothing; without this script it is as long as an A4 sheet.
(function () {
  "use strict";
  var root = document.documentElement, paper = document.querySelector(".paper"), rule = null, MM = 25.4 / 96;
  if (root.getAttribute("data-print") !== "80mm" || !paper) return;
  function fit() {
    var sheet = document.styleSheets[document.styleSheets.length - 1];
    if (rule !== null) return;
    root.setAttribute("data-measured", "");
    var height = Math.ceil(paper.getBoundingClientRect().height * MM) + 3 + 3 + 4;
    root.removeAttribute("data-measured");
    rule = sheet.insertRule("@page roll { size: 80mm " + Math.max(80, height) + "mm; }", sheet.cssRules.length);
  }
  window.addEventListener("beforeprint", fit);
  fit();
})();
