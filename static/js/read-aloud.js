// Reads a page or a block of it aloud, only when a button is pressed; Escape stops.
// Brought by page.js where the device has a voice for the page's language, or by a shared machine, which has one of its own.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, synth = window.speechSynthesis;
  var shapes = doc.getElementById("aloud-buttons"), place = doc.getElementById("aloud");
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function one(selector) { return doc.querySelector(selector); }
  if (!place || place.children.length) return;
  // How it is spoken: by the device, or by the machine's own voice. Each says one sentence, then goes on.
  var device = {
    speak: function (sentence, next) {
      var speech = new SpeechSynthesisUtterance(sentence.words);
      speech.lang = sentence.lang;
      speech.onend = speech.onerror = next;
      synth.speak(speech);
    },
    stop: function () { synth.cancel(); }
  };
  function way() { return window.kioskVoice ? window.kioskVoice.way : device; }
  var BLOCKS = "h1,h2,h3,p,li,dt,dd,legend,label,caption,th,td,summary,button";
  var SILENT = "[hidden],[aria-hidden=true],.vh,[data-aloud],[data-not-aloud],template,script,style,rp,[role=status]";
  var pageButton, queue = [], at = 0, running = false, run = 0, readings = null;

  function shape(name) { return shapes.content.querySelector('[data-aloud="' + name + '"]').cloneNode(true); }

  // What is read of a node: kanji by their readings where the page has them; passages in their own languages apart.
  function collect(node, lang, parts) {
    if (node.nodeType === 3) {
      var last = parts[parts.length - 1];
      if (last && last.lang === lang) last.words += node.data;
      else if (node.data.trim()) parts.push({ lang: lang, words: node.data });
      return parts;
    }
    if (node.nodeType !== 1 || (node.matches(SILENT) && node.tagName !== "RT")) return parts;
    if (node.hasAttribute("data-read")) return collect(doc.createTextNode(node.getAttribute("data-read")), node.lang || lang, parts);
    var rt = node.tagName === "RUBY" && node.querySelector("rt");
    if (rt && way() !== device) rt = { textContent: node.firstChild.textContent + "《" + rt.textContent + "》" };
    (rt ? [doc.createTextNode(rt.textContent)] : Array.prototype.slice.call(node.childNodes)).forEach(function (child) {
      collect(child, node.lang || lang, parts);
    });
    return parts;
  }
  function blocksOf(scope) {
    return all(BLOCKS, scope).filter(function (element) {
      var above = element.parentNode.closest(BLOCKS);
      return !(above && scope.contains(above) && above !== scope) && !element.closest(SILENT) && element.textContent.trim();
    });
  }
  function partsOf(element) {
    var lang = element.closest("[lang]").lang, main = one("main");
    var twin = readings && readings[blocksOf(main).indexOf(element)];
    return collect(twin || element, lang, []);
  }
  // A page without furigana asks once for itself with furigana, so that the words are read as the ward reads them.
  function fetchReadings(then) {
    var plain = root.lang !== "ja" || way() !== device || root.getAttribute("data-furigana") === "on" || one(".errors") || !window.fetch;
    if (readings || plain) return then();
    var address = location.pathname + (location.search ? location.search + "&" : "?") + "look=on";
    fetch(address, { credentials: "same-origin" }).then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (html) {
      var found = new DOMParser().parseFromString(html, "text/html").querySelector("main");
      var twins = found ? blocksOf(found) : [];
      if (twins.length === blocksOf(one("main")).length) readings = twins;
    }).catch(function () {}).then(then);
  }

  function show(name) {
    var model = shape(name);
    pageButton.setAttribute("data-aloud", name);
    pageButton.textContent = "";
    while (model.firstChild) pageButton.appendChild(model.firstChild);
  }
  function mark(element) {
    all(".aloud-on").forEach(function (found) { found.classList.remove("aloud-on"); });
    if (element) { element.classList.add("aloud-on"); if (element.scrollIntoView) element.scrollIntoView({ block: "nearest" }); }
  }
  function stop(name) {
    running = false; run += 1;
    way().stop(); mark(null); show(name);
    all("[data-aloud=block]").forEach(function (button) { button.setAttribute("aria-pressed", "false"); });
  }
  function speakBlock(mine) {
    if (mine !== run) return;
    if (at >= queue.length) { queue = []; at = 0; return stop("page"); }
    var sentences = [];
    partsOf(queue[at]).forEach(function (part) {
      (part.words.replace(/\s+/g, " ").match(/[^。！？.!?]+[。！？.!?]*/g) || []).forEach(function (words) {
        if (words.trim()) sentences.push({ lang: part.lang, words: words });
      });
    });
    mark(queue[at]);
    (function next() {
      var sentence = sentences.shift();
      if (mine !== run) return;
      if (!sentence) { at += 1; return speakBlock(mine); }
      way().speak(sentence, next, sentences[0]);
    })();
  }
  function start(blocks, from) {
    stop("stop");
    queue = blocks; at = from; running = true;
    var mine = run;
    fetchReadings(function () { speakBlock(mine); });
  }
  function addBlockButton(scope, heading) {
    var button = shape("block");
    button.querySelector(".vh").appendChild(doc.createTextNode(collect(heading, "", []).map(function (part) { return part.words; }).join("")));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") === "true";
      if (on) return stop("page");
      start(blocksOf(scope), 0);
      button.setAttribute("aria-pressed", "true");
    });
    heading.parentNode.insertBefore(button, heading.nextSibling);
  }
  function offer() {
    pageButton = shape("page");
    pageButton.addEventListener("click", function () {
      if (running) stop(at < queue.length ? "on" : "page");
      else if (at > 0 && at < queue.length) start(queue, at);
      else start(blocksOf(one("main")), 0);
    });
    place.appendChild(pageButton);
    all("main section, main fieldset.field").forEach(function (scope) {
      var heading = scope.querySelector("h2, h3") || scope.querySelector("legend");
      if (heading && !heading.querySelector("h1")) addBlockButton(scope, heading);
    });
  }
  doc.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && running) stop(at < queue.length ? "on" : "page");
  });
  window.addEventListener("pagehide", function () { way().stop(); });
  offer();
})();
