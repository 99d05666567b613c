// What this device keeps: pages (its worker has them) and slips (number and QR picture only). Pages work without this.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, workers = navigator.serviceWorker, voice = location.pathname.split("/")[1];
  var ruby = root.getAttribute("data-furigana") === "on", AT_ONCE = 4, chosen = null;
  function one(selector, inside) { return (inside || doc).querySelector(selector); }
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function show(selector, is) { all(selector).forEach(function (found) { found.hidden = !is; }); }

  // ---- Words that the worker gives are our own markup; they are taken up without anything that acts.
  function fill(place, html) {
    var made = new DOMParser().parseFromString(html, "text/html").body;
    all("script, style, link, iframe, object, img", made).forEach(function (found) { found.parentNode.removeChild(found); });
    while (place.firstChild) place.removeChild(place.firstChild);
    while (made.firstChild) place.appendChild(made.firstChild);
  }

  function ask(words) {
    return workers.ready.then(function (kept) {
      return new Promise(function (done) {
        var way = new MessageChannel();
        way.port1.onmessage = function (event) { done(event.data); };
        words.voice = voice;
        words.ruby = ruby;
        kept.active.postMessage(words, [way.port2]);
      });
    });
  }

  function tell(name, count) {
    all("[data-told] [data-say]").forEach(function (line) {
      var is = line.getAttribute("data-say") === name;
      if (is && one("[data-done]", line)) one("[data-done]", line).textContent = count;
      if (line.hidden === is) line.hidden = !is;
    });
  }

  // ---- Pages.
  function copyOf(word) { return one("[data-word=" + word + "]").firstElementChild.cloneNode(true); }
  function listPages() {
    var list = one("[data-kept]");
    if (!list) return Promise.resolve([]);
    if (!list.firstChild) show("[data-none]", true); // until the worker has answered, which may take a while at a first visit
    return ask({ ask: "list" }).then(function (found) {
      while (list.firstChild) list.removeChild(list.firstChild);
      (found || []).forEach(function (page) {
        var line = doc.createElement("li"), link = doc.createElement("a"), name = doc.createElement("span"), day = copyOf("when");
        link.href = page.path;
        fill(name, page.heading);
        link.appendChild(name);
        if (/\/print\//.test(page.path)) { link.appendChild(doc.createTextNode("\u00a0")); link.appendChild(copyOf("paper")); }
        fill(one("[data-when]", day), page.when);
        line.appendChild(link);
        line.appendChild(day);
        list.appendChild(line);
      });
      show("[data-none]", !list.firstChild);
      show("[data-clear]", list.firstChild);
      return found || [];
    });
  }

  function keepAll() {
    var button = one("[data-keep]"), done = 0, failed = 0, waiting;
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    tell("doing", 0);
    function next() {
      var path = waiting.shift();
      if (!path || failed > AT_ONCE) return null;
      return ask({ ask: "keep", path: path }).then(function (kept) {
        if (kept) done++; else failed++;
        if (done % 10 === 0) tell("doing", done);
        return next();
      });
    }
    Promise.all([ask({ ask: "pages" }), listPages()]).then(function (both) {
      var have = both[1].map(function (page) { return page.path; });
      function isNew(path) { return have.indexOf(path) < 0; }
      waiting = both[0].filter(isNew).concat(both[0].filter(function (path) { return !isNew(path); }));
      return Promise.all(Array.apply(null, Array(AT_ONCE)).map(next));
    }).then(listPages).then(function () {
      tell(!failed ? "done" : navigator.onLine === false || failed > AT_ONCE ? "stopped" : "full");
      button.removeAttribute("aria-disabled");
      show("[data-offer]", false);
    });
  }

  function clearPages() { ask({ ask: "clear" }).then(listPages).then(function () { tell("cleared"); one("h1").tabIndex = -1; one("h1").focus(); }); }

  if (workers && window.isSecureContext && window.caches && window.MessageChannel) {
    show("[data-without]", false);
    show("[data-with]", true);
    listPages().then(function (found) {
      var button = one("[data-keep]"), link = navigator.connection, home = window.matchMedia("(display-mode: standalone)").matches;
      if (!button) return;
      show("[data-saving]", link && link.saveData);
      show("[data-offer]", home && !(link && link.saveData) && found.length < Number(button.getAttribute("data-count")));
    });
    if (one("[data-keep]")) one("[data-keep]").addEventListener("click", keepAll);
    if (one("[data-clear]")) one("[data-clear]").addEventListener("click", clearPages);
  }

  // ---- Without a network: once more, or back to what could not be sent.
  var stopped = one("[data-offline]");
  if (stopped) {
    var posted = stopped.hasAttribute("data-posted");
    show("[data-again]", !posted);
    show("[data-back]", posted);
    one("[data-again] button").addEventListener("click", function () { location.reload(); });
    one("[data-back] button").addEventListener("click", function () { history.back(); });
  }

  // ---- On the home screen, where the browser lets pages ask.
  window.addEventListener("beforeinstallprompt", function (event) {
    if (!one("[data-install]")) return;
    event.preventDefault();
    chosen = event;
    show("[data-install]", true);
  });
  if (one("[data-install]")) one("[data-install]").addEventListener("click", function () {
    if (chosen) chosen.prompt();
    chosen = null;
    show("[data-install]", false);
  });

  // ---- Slips: number and picture, never the confirmation number.
  function openSlips(mode, act) {
    var opening = window.indexedDB.open("device", 1);
    opening.onupgradeneeded = function () { opening.result.createObjectStore("slips", { keyPath: "number" }); };
    opening.onsuccess = function () {
      var work = opening.result.transaction("slips", mode);
      act(work.objectStore("slips"), work);
      work.oncomplete = function () { opening.result.close(); if (work.after) work.after(); };
    };
  }
  function listSlips() {
    var list = one("[data-slips]"), shape = one("template[data-slip]");
    if (!list || !shape || !shape.content) return;
    openSlips("readonly", function (slips, work) {
      var asked = slips.getAll();
      work.after = function () {
        while (list.firstChild) list.removeChild(list.firstChild);
        asked.result.forEach(function (slip) {
          var line = doc.importNode(shape.content, true).firstElementChild;
          one("[data-number]", line).textContent = slip.number;
          fill(one(".qr", line), slip.qr);
          fill(one("[data-when]", line), new Date(slip.kept).toLocaleDateString(root.lang === "en" ? "en-GB" : root.lang, { month: "long", day: "numeric" }));
          one("[data-drop]", line).addEventListener("click", function () {
            openSlips("readwrite", function (some, dropping) { some.delete(slip.number); dropping.after = listSlips; });
            one("#slips").tabIndex = -1;
            one("#slips").focus();
          });
          list.appendChild(line);
        });
      };
    });
  }
  if (window.indexedDB && window.isSecureContext) {
    listSlips();
    all("[data-keep-slip]").forEach(function (box) {
      var qr = one(".slip .qr svg");
      box.hidden = !qr;
      one("button", box).addEventListener("click", function () {
        var slip = { number: box.getAttribute("data-keep-slip"), qr: new XMLSerializer().serializeToString(qr), kept: Date.now() };
        openSlips("readwrite", function (slips, work) {
          slips.put(slip);
          work.after = function () { one("[data-kept-slip]", box).hidden = false; one("button", box).hidden = true; };
        });
      });
    });
  }
})();
