// When a shared machine speaks: at the start of a page, where somebody goes, what they type, what is asked; and its keys:
// * again (twice: the page), / stop and go on, + and - louder and softer. Any other key interrupts.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, words = window.kioskWords, voice = window.kioskVoice;
  if (!words || !voice) return;
  var on = root.getAttribute("data-kiosk-aloud") === "on";
  var at = root.getAttribute("data-kiosk-at");
  var touched = false, here = null, last = [], lastAgain = 0, asking = false, answered = 0, came = 0, secrets = true, before = new WeakMap(), live = new WeakMap();
  var CONTROLS = "a[href],button:not([disabled]),input:not([type=hidden]),select,textarea,summary";
  function one(selector) { return doc.querySelector(selector); }
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function isField(element) {
    return element && (element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && !/^(radio|checkbox|submit|button|file|range)$/.test(element.type)));
  }
  function say(list, event) {
    last = list;
    voice.say(list, event && event.timeStamp);
  }
  function mark(item) { item.parts.forEach(function (part) { part.element = item.element; }); return item.parts; }

  // ---- Before anybody sits here there is no sound unasked: the key * turns the voice on.
  if (!on) {
    doc.addEventListener("keydown", function (event) {
      var button = event.key === "*" && !isField(doc.activeElement) && one('button[name=change][value="aloud-on"]');
      if (button) { event.preventDefault(); button.click(); }
    });
    return;
  }

  // ---- A page: what is to mend, its title, then all of it; at the end where the reader stands.
  function title() { return { lang: root.lang, words: doc.title.split(" | ")[0] }; }
  function plain(element) {
    var copy = element.cloneNode(true);
    all("rt,rp", copy).forEach(function (part) { part.remove(); });
    return copy.textContent.replace(/\s/g, "");
  }
  // A page's title is its first heading, said once: with the heading's readings, and with what stands before it.
  function titleWords(heading) {
    var whole = title(), words1 = heading ? plain(heading) : "", at = whole.words.replace(/\s/g, "").indexOf(words1);
    if (!heading || at < 0) return [whole];
    return [{ lang: root.lang, words: whole.words.slice(0, at) }].concat(words.textOf(heading), words.word("heading"));
  }
  function pageWords() {
    var main = one("main"), errors = one(".errors"), heading = one("main h1"), list = [];
    if (errors) words.readThrough(errors, secrets).forEach(function (item) { list = list.concat(mark(item)); });
    list = list.concat(titleWords(heading));
    words.readThrough(main, secrets).forEach(function (item) {
      if (item.element !== heading && !(errors && errors.contains(item.element))) list = list.concat(mark(item));
    });
    return list;
  }
  function readPage(event) { say(pageWords(), event); }
  doc.addEventListener("kiosk:quiet", function () {
    if (!touched && here && doc.contains(here)) {
      var place = here;
      touched = true;
      if (!place.matches("h1")) voice.say([words.word("here")].concat(words.describe(place, null, secrets)));
    }
    prepare();
  });

  // ---- Where somebody goes
  function nextOf(element) {
    return all(CONTROLS).filter(function (found) {
      return element.compareDocumentPosition(found) & Node.DOCUMENT_POSITION_FOLLOWING && found.checkVisibility && found.checkVisibility();
    })[0];
  }
  function prepare() {
    var next = here && nextOf(here), common = ["button", "link", "field", "empty", "now", "radio", "checkbox", "on", "off"].map(function (name) { return words.word(name); });
    voice.prefetch((next ? words.describe(next, here, secrets) : []).concat(common));
  }
  function come(element, event) {
    var from = here;
    if (!element || element === here || element === doc.body || element.id === "main") return;
    here = element;
    came = performance.now();
    if (isField(element)) before.set(element, element.value);
    if (!touched || asking || element.closest("#kiosk-idle")) return;
    say((Date.now() < answered ? [words.word("goes-on")] : []).concat(words.describe(element, from, secrets)), event);
    answered = 0;
  }
  doc.addEventListener("kiosk:stop", function (event) {
    var element = event.detail && event.detail.element;
    // OK on words that nothing can be done with says them again.
    if (element === here && performance.now() - came > 100 && touched && !asking && !element.matches(CONTROLS)) return say(words.describe(element, null, secrets), event);
    come(element, event);
  });
  doc.addEventListener("focusin", function (event) { come(event.target, event); });

  // ---- What somebody does
  doc.addEventListener("change", function (event) {
    var element = event.target;
    if (element.matches("input[type=radio],input[type=checkbox],select")) say(words.roleAndState(element, secrets), event);
  });
  doc.addEventListener("click", function (event) {
    var button = event.target.closest("[aria-pressed],[aria-expanded],summary");
    if (button && !button.form) setTimeout(function () { if (doc.contains(button)) say(words.roleAndState(button, secrets)); }, 60);
  });
  doc.addEventListener("input", function (event) {
    var field = event.target;
    if (!isField(field)) return;
    var was = before.get(field) || "", now = field.value, fresh = now.slice(0, -1) === was || now.length >= was.length ? now.slice(-1) : "";
    before.set(field, now);
    if (words.isSecret(field) && !secrets) return say([words.word("typed")], event);
    var list = [fresh ? { lang: fresh > "\u00ff" ? "ja" : root.lang, words: fresh } : words.word("deleted")];
    // Keys on the screen are pressed one by one from a distance: what stands in the field is said after each.
    if (!event.isTrusted && now.length > 1) list = list.concat(words.valueOf(field, secrets));
    say(list, event);
  });

  doc.addEventListener("keyup", function (event) {
    var field = doc.activeElement;
    if (!/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key) || !isField(field) || field.selectionStart === null) return;
    var sign = field.value.charAt(field.selectionStart);
    if (words.isSecret(field) && !secrets) return;
    say([sign ? { lang: sign > "\u00ff" ? "ja" : root.lang, words: sign } : words.word("end")], event);
  });

  // ---- What the page tells by itself
  function tellLive(region) {
    if (!region.checkVisibility || !region.checkVisibility()) return live.delete(region);
    var list = words.liveText(region), text = list.map(function (part) { return part.words; }).join("").trim();
    if (!text || live.get(region) === text) return;
    live.set(region, text);
    voice.add(list);
  }
  function watch() {
    all("[role=status],[role=alert],[aria-live]").forEach(function (region) { live.set(region, region.textContent.trim()); });
    new MutationObserver(function (changes) {
      var regions = [];
      changes.forEach(function (change) {
        var element = change.target.nodeType === 1 ? change.target : change.target.parentElement;
        var region = element && element.closest("[role=status],[role=alert],[aria-live],[data-kiosk-count]");
        if (region && regions.indexOf(region) < 0) regions.push(region);
      });
      regions.forEach(tellLive);
    }).observe(doc.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
  }
  doc.addEventListener("kiosk:ask", function () {
    var box = doc.getElementById("kiosk-idle");
    asking = true;
    setTimeout(function () {
      if (box && box.open) say(words.textOf(box.querySelector("h2")).concat(words.textOf(box.querySelector("[id$=-words]"))));
    }, 1200);
  });
  doc.addEventListener("kiosk:go-on", function () {
    if (!asking) return;
    asking = false;
    answered = Date.now() + 1000;  // the key that answered may also lead somewhere: that is said with it
    say([words.word("goes-on")].concat(here && doc.contains(here) ? words.describe(here, null, secrets) : [title()]));
  });
  doc.addEventListener("kiosk:gone", function () { voice.stop(); on = false; });
  // Listening is using the machine; a page that has been read to its end says nothing more.
  doc.addEventListener("kiosk:spoken", function () { if (!asking) doc.dispatchEvent(new CustomEvent("kiosk:alive")); });
  doc.addEventListener("kiosk:unspoken", function (event) {
    var line = one('[data-voice-missing="' + event.detail.lang.slice(0, 2) + '"]');
    if (line) line.hidden = false;
  });

  // ---- Keys and buttons of the voice
  function again(event) {
    var moment = Date.now(), twice = moment - lastAgain < 3000;
    lastAgain = moment;
    if (twice || !last.length) readPage(event);
    else voice.say(last, event && event.timeStamp);
  }
  function pause() { if (voice.pause()) return; if (!voice.isSpeaking() && last.length) voice.say(last); }
  function set(change) {
    var body = new URLSearchParams({ change: change, back: location.pathname });
    var loud = parseInt(root.getAttribute("data-kiosk-volume"), 10);
    if (change === "volume-up") root.setAttribute("data-kiosk-volume", Math.min(10, loud + 1));
    if (change === "volume-down") root.setAttribute("data-kiosk-volume", Math.max(1, loud - 1));
    if (/^speed-/.test(change)) root.setAttribute("data-kiosk-speed", change.slice(6));
    voice.refresh();
    fetch(at + "settings", { method: "POST", body: body, redirect: "manual", cache: "no-store" }).catch(function () {});
    all("button[name=change][value^=speed-]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.value === "speed-" + root.getAttribute("data-kiosk-speed")));
    });
    voice.say([words.word(/^speed/.test(change) ? change : "volume", { volume: root.getAttribute("data-kiosk-volume") })]);
  }
  var KEYS = { "*": again, "/": pause, "+": function () { set("volume-up"); }, "-": function () { set("volume-down"); } };
  doc.addEventListener("keydown", function (event) {
    if (!on || event.ctrlKey || event.altKey || event.metaKey || /^(Shift|Control|Alt|Meta|NumLock)$/.test(event.key)) return;
    touched = true;
    var command = (!isField(doc.activeElement) || /^Numpad/.test(event.code)) && KEYS[event.key];
    if (command && !asking) { event.preventDefault(); event.stopPropagation(); command(event); }
    else if (!asking && Date.now() > answered && voice.isSpeaking()) voice.stop();
  }, true);
  doc.addEventListener("pointerdown", function () { touched = true; if (!asking) voice.stop(); }, true);
  doc.addEventListener("click", function (event) {
    var button = event.target.closest("[data-voice]"), name = button && button.getAttribute("data-voice");
    if (name === "again") again(event);
    if (name === "page") readPage(event);
    if (name === "pause") pause();
    if (name === "secret") {
      secrets = !secrets;
      button.setAttribute("aria-pressed", String(secrets));
    }
  });
  doc.addEventListener("submit", function (event) {
    var change = event.submitter && event.submitter.name === "change" && event.submitter.value;
    if (!change || !/^(volume|speed)-/.test(change) || root.getAttribute("data-kiosk") !== "used") return;
    event.preventDefault();
    set(change);
  });
  all("[data-voice]").forEach(function (button) {
    button.hidden = button.getAttribute("data-voice") === "secret" && !all("input").some(words.isSecret);
  });

  function begin() {
    watch();
    if (doc.activeElement && doc.activeElement !== doc.body && !doc.activeElement.matches("main,.errors")) here = doc.activeElement;
    readPage();
  }
  if (doc.readyState === "complete") begin();
  else window.addEventListener("load", begin);
})();
