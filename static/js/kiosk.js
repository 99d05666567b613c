// A shared machine: asks when nobody touches it, blanks the page before it ends, tells the server that somebody is there.
// Events for other scripts, on the document: kiosk:ask, kiosk:go-on, kiosk:gone. They send kiosk:alive when somebody is busy.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, state = root.getAttribute("data-kiosk");
  var at = root.getAttribute("data-kiosk-at"), sitting = root.getAttribute("data-kiosk-sitting");
  var idle = root.getAttribute("data-idle") * 1000, warn = root.getAttribute("data-warn") * 1000;
  var BEAT = Math.min(20000, Math.max(idle / 3, 250)), AGAIN = 5000, HOLD = 3000, HURRY = 500, SLOW = 700;
  var touched = Date.now(), heard = touched, active = true, lost = false, gone = false, asked = 0, answered = 0;
  function one(selector) { return doc.querySelector(selector); }
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function show(element, is) { if (element) element.hidden = !is; }
  function tell(name) { doc.dispatchEvent(new CustomEvent("kiosk:" + name)); }
  function send(where, fields, patience) {
    var body = new URLSearchParams();
    Object.keys(fields).forEach(function (key) { body.set(key, fields[key]); });
    var cut = window.AbortController ? new AbortController() : null;
    if (cut) setTimeout(function () { cut.abort(); }, patience || 10000);
    return fetch(at + where, { method: "POST", body: body, cache: "no-store", redirect: "manual", keepalive: true, signal: cut && cut.signal })
      .then(function (answer) { if (answer.status >= 500) throw new Error("not there"); return answer; });
  }

  if (state === "bye" || !at || !window.fetch || !window.URLSearchParams) return;

  // ---- The trail of pages keeps neither what a form sent nor what was searched for.
  try { history.replaceState(null, "", location.search.indexOf("q=") > 0 ? location.pathname : location.href); } catch (error) { /* as it was */ }

  // ---- The screen is empty before anything is asked of the network, and stays so.
  function blank() {
    if (gone) return;
    gone = true;
    root.setAttribute("data-kiosk-blank", "");
    var words = doc.getElementById("kiosk-gone");
    all("dialog").forEach(function (box) { if (box.open) box.close(); });
    while (doc.body.firstChild) doc.body.removeChild(doc.body.firstChild);
    if (words) doc.body.appendChild(words.content.cloneNode(true));
    doc.title = "";
    tell("gone");
  }
  function leave(where) { blank(); location.replace(where); }
  function finish(by) {
    blank();
    // Answered or not: without an answer it is tried again, and the server ends by itself what is not heard from.
    send("end", { sure: "yes", by: by }).then(function () { location.replace(at + "bye"); }, function () {
      show(one("[data-kiosk-no-way]"), true);
      setTimeout(function () { finish(by); }, AGAIN);
    });
  }

  // ---- A page that comes back from the browser's own memory is looked at by nobody before the server was asked.
  function askFor(kept) {
    kept.hidden = !gone;
    send("beat", { state: state, sitting: sitting, news: "", active: 0 }).then(function (answer) {
      if (gone || answer.status === 410 || state !== "used") leave(at);
      else { kept.hidden = false; heard = Date.now(); }
    }, function () {
      blank();
      kept.hidden = false;
      show(one("[data-kiosk-no-way]"), true);
      setTimeout(function () { askFor(kept); }, AGAIN);
    });
  }
  addEventListener("pageshow", function (event) { if (event.persisted) askFor(doc.body); });
  addEventListener("pagehide", function () { if (state !== "used" || gone) root.setAttribute("data-kiosk-blank", ""); });

  // ---- Beats
  function beat(patience) {
    if (gone) return Promise.reject(new Error("over"));
    var was = active;
    active = false;
    var news = one("[data-kiosk-news]");
    return send("beat", { state: state, sitting: sitting, active: was ? 1 : 0, news: news ? news.getAttribute("data-kiosk-news") : "" }, patience)
      .then(function (answer) {
        if (answer.status === 410) leave(state === "used" ? at + "bye" : at); // by way of the bye page the browser is started anew
        if (answer.status === 200) answer.json().then(take, function () {});
        if (answer.status !== 200 && answer.status !== 204) throw new Error("not heard");
        found();
      }).catch(function (error) { active = active || was; throw error; });
  }
  function look() { beat().catch(lose); }
  function take(told) {
    var words = told.news.split("-"), line = one("[data-kiosk-news]");
    idle = told.idle * 1000;
    if (line) line.setAttribute("data-kiosk-news", told.news);
    show(one("[data-kiosk-helped]"), words[0] === "helped");
    all("[data-kiosk-called]").forEach(function (one) { show(one, one.getAttribute("data-kiosk-called") === words[1]); });
  }
  function lose() {
    if (gone) return;
    if (!lost) { show(one("[data-kiosk-lost]"), true); show(one("[data-kiosk-found]"), false); }
    lost = true;
    heard = Date.now() - BEAT + Math.min(AGAIN, BEAT);
  }
  function found() {
    heard = Date.now();
    if (!lost) return;
    lost = false;
    show(one("[data-kiosk-lost]"), false);
    show(one("[data-kiosk-found]"), true);
    setTimeout(function () { show(one("[data-kiosk-found]"), false); }, 10000);
  }
  addEventListener("offline", lose);
  addEventListener("online", look);

  // ---- Nobody there?
  function alive() {
    touched = Date.now();
    active = true;
    if (asked) goOn();
  }
  function isOpen() { var box = doc.getElementById("kiosk-idle"); return !!(asked && box && box.open); }
  function goOn() {
    // Where the question could not be shown, nobody answered it: what they press is meant.
    if (isOpen()) { answered = Date.now(); doc.getElementById("kiosk-idle").close(); }
    asked = 0;
    look();
    tell("go-on");
  }
  function ask() {
    var box = doc.getElementById("kiosk-idle");
    asked = Date.now();
    if (!box || !box.showModal) return;
    all("dialog").forEach(function (other) { if (other.open) other.close(); });
    count(warn);
    box.showModal();
    tell("ask");
  }
  function count(left) {
    var shown = Math.ceil(left / 10000) * 10;
    all("[data-kiosk-count]").forEach(function (line) { show(line, +line.getAttribute("data-kiosk-count") === shown); });
  }
  ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"].forEach(function (kind) {
    doc.addEventListener(kind, function () { if (!gone && !isOpen()) alive(); }, { capture: true, passive: true });
  });

  // ---- The key or the finger that answers does nothing else: it is taken before anybody hears of it, and so is its end, and
  // a second one in a hurry. The question stays until a finger is up again: what lies under it would get the press otherwise.
  var down = "", lifted = 0;
  function isToEnd(event) { return event.target.closest && event.target.closest("[data-kiosk-end-now]"); }
  function isHurried() { return Date.now() - answered < HURRY; }
  function swallow(event) { event.preventDefault(); event.stopImmediatePropagation(); }
  function isKey(event, names) { return names.indexOf(event.key) >= 0; }
  addEventListener("keydown", function (event) {
    if (gone || isKey(event, ["Tab", "Shift", "Control", "Alt", "Meta"])) return;
    if (isOpen() && !(isToEnd(event) && isKey(event, ["Enter", " "]))) {
      down = event.code || event.key;
      swallow(event);
      alive();
    } else if (down && (event.repeat || (isHurried() && isKey(event, ["Enter", " "])))) swallow(event);
    else down = "";
  }, true);
  addEventListener("keypress", function (event) { if (down) swallow(event); }, true);
  addEventListener("keyup", function (event) { if (down && (event.code || event.key) === down) swallow(event); }, true);
  addEventListener("click", function (event) {
    if (gone || (!isOpen() && !isHurried()) || isToEnd(event) || !event.isTrusted) return;
    swallow(event);
    clearTimeout(lifted);
    if (asked) alive();
  }, true);
  ["pointerup", "pointercancel"].forEach(function (kind) {
    // A finger that slid or stayed long makes no click, and touched the screen all the same.
    addEventListener(kind, function (event) {
      clearTimeout(lifted);
      if (isOpen() && !isToEnd(event)) lifted = setTimeout(function () { if (asked && !gone) alive(); }, HURRY);
    }, true);
  });
  doc.addEventListener("kiosk:alive", alive);
  doc.addEventListener("cancel", function (event) { if (event.target.id === "kiosk-idle") alive(); }, true);
  setInterval(function () {
    var moment = Date.now();
    if (gone) return;
    if (moment - heard >= BEAT) { heard = moment; look(); }
    if (state === "waiting") {
      if (!going && moment - touched > (location.search ? idle : 3600000)) {
        touched = moment;
        ready(function () { location.replace(at); });
      }
      return;
    }
    if (!asked && moment - touched >= idle) ask();
    if (asked) {
      count(warn - (moment - asked));
      if (moment - asked >= warn) finish("idle");
    }
  }, Math.min(500, BEAT));

  // ---- No way is gone that leads out of these pages: a browser's own page of errors has no bar, no end and no way back. Before
  // each page the service is asked for a moment whether it is there; whatever was typed stays where it is until then.
  var going = 0, turn = 0, pressed = null;
  function settle() {
    going = 0;
    show(one("[data-kiosk-wait]"), false);
    if (pressed) pressed.removeAttribute("aria-disabled");
    pressed = null;
  }
  function ready(then, by) {
    settle();
    var mine = going = ++turn;
    pressed = by || null;
    if (pressed) pressed.setAttribute("aria-disabled", "true");
    setTimeout(function () { if (mine === going && !gone) show(one("[data-kiosk-wait]"), true); }, SLOW);
    function fail() {
      if (mine !== going || gone) return;
      settle();
      lose();
      warnLost();
    }
    active = true;
    var begun = Date.now();
    beat(HOLD).catch(function (error) {
      if (Date.now() - begun < HOLD - 100) throw error;
      return beat(HOLD); // slow is not away
    }).then(function () {
      if (mine !== going || gone) return;
      settle();
      then();
    }).catch(fail);
  }
  function follow(event, link) {
    if (link.hash && link.origin === location.origin && link.pathname === location.pathname && link.search === location.search) return;
    if (link.origin === location.origin && link.hasAttribute("download")) return;
    event.preventDefault();
    // No trail of pages is left behind for a Back button.
    if (link.origin === location.origin) ready(function () { location.replace(link.href); }, link);
  }
  function warnLost() {
    // What stands there already is told to nobody: it goes for a moment, and is told again.
    var line = one("[data-kiosk-lost]");
    show(line, false);
    setTimeout(function () {
      if (!line || !lost || gone) return;
      show(line, true);
      line.scrollIntoView({ block: "nearest" });
    }, 50);
  }
  function hold(event, form) {
    var by = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (going && form.kioskAsks === going) return; // pressed twice
    ready(function () {
      form.kioskReady = true;
      if (by && by.form === form && !by.disabled) form.requestSubmit(by);
      else form.requestSubmit();
      form.kioskReady = false;
    }, by);
    form.kioskAsks = going;
  }

  // ---- Buttons of the bar and of what is asked: what would be lost, then whether the slip is in somebody's hands
  var unslipped = doc.getElementById("kiosk-unslipped"), unheld = doc.getElementById("kiosk-unheld"), ending = one("[data-kiosk-end]");
  function askNext(from) {
    var next = [["data-unslipped", unslipped], ["data-unheld", unheld]].filter(function (pair) {
      return ending && ending.hasAttribute(pair[0]) && pair[1] && pair[1].showModal;
    }).map(function (pair) { return pair[1]; });
    next = next[next.indexOf(from) + 1];
    if (from) from.close();
    if (next) next.showModal();
    else finish("resident");
  }
  doc.addEventListener("click", function (event) {
    var button = event.target.closest("button, a"), box = button && button.closest("dialog");
    if (!button) return;
    if (button.hasAttribute("data-kiosk-go-on")) { alive(); if (box.open) box.close(); }
    if (button.hasAttribute("data-kiosk-end-now")) { if (box.id === "kiosk-idle") finish("resident"); else askNext(box); }
    if (button.hasAttribute("data-kiosk-slip")) slip();
    if (button.href && !event.defaultPrevented) { if (box) box.close(); follow(event, button); }
  });
  function slip() {
    // The page of questions keeps what was typed and leads to the slip; from elsewhere the server shows what there is.
    var form = doc.getElementById("question");
    unslipped.close();
    if (!form) return ready(function () { location.replace(at + "end?back=" + encodeURIComponent(location.pathname)); });
    var save = form.querySelector("button[name=then][value=save]");
    if (save && form.requestSubmit) return form.requestSubmit(save);
    ready(function () {
      var field = doc.createElement("input");
      field.type = "hidden"; field.name = "then"; field.value = "save";
      form.appendChild(field);
      form.submit();
    });
  }
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("data-kiosk-end")) {
      event.preventDefault();
      askNext(null);
    } else if (form.hasAttribute("data-kiosk-help")) {
      event.preventDefault();
      send("help", { back: "/" }).then(look, lose);
    } else if (!form.kioskReady && "submitter" in event && form.requestSubmit && root.getAttribute("data-kiosk-page") !== "check") hold(event, form);
  }, true);

  // ---- What is typed is never offered to the next one, nor kept to bring this page back: where policy does not see to it,
  // a field that was written in is switched off; until then it says what it is for.
  function forget(field) { if (field.setAttribute && field.name) field.setAttribute("autocomplete", "off"); }
  ["input", "change"].forEach(function (kind) { doc.addEventListener(kind, function (event) { forget(event.target); }, true); });
  doc.addEventListener("submit", function (event) { all("input, textarea", event.target).forEach(forget); }, true);
})();
