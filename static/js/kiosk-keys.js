// On-screen keys of a shared machine: plain buttons behind the field that is written in. Nothing typed is kept anywhere.
// Events: takes kiosk:write on a field and kiosk:key on the document (detail {text} or {does}); gives kiosk:typed (detail
// {field, text, value}) and kiosk:keys (detail {open}) on the document.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, mould = doc.getElementById("kiosk-keys");
  if (!mould || !mould.content || !window.fetch) return;
  var TEXT = "input:not([type]),input[type=text],input[type=search],input[type=tel],input[type=email],input[type=url],input[type=number],input[type=password],textarea";
  var PAGE = 12, box = null, field = null, wish = null, mode = "", panel = "", choices = [], shown = 0, asked = 0, typed = false;
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function part(selector) { return mould.content.querySelector(selector); }
  function isText(element) { return element && element.matches && element.matches(TEXT) && !element.readOnly && !element.disabled && !element.closest("dialog"); }
  function tell(name, detail) { doc.dispatchEvent(new CustomEvent(name, { detail: detail })); }
  function say(name) {
    if (!box) return;
    var told = box.querySelector(".keys-told"), words = part("[data-say=" + name + "]").cloneNode(true);
    told.textContent = "";
    told.classList.toggle("vh", name === "opened");
    while (words.firstChild) told.appendChild(words.firstChild);
  }
  function quiet() { if (box) box.querySelector(".keys-told").textContent = ""; }
  function groupOf(one) { return one.closest(".in-row") || one.closest(".part") || one.closest(".row") || one.closest(".field") || one; }
  function wishOf(one) { return all("[data-fits]", mould.content).filter(function (each) { return one.matches(each.getAttribute("data-fits")); })[0]; }

  // ---- Opening and closing
  function open(one, byKeypad) {
    if (field !== one) {
      if (box) close(false);
      field = one;
      mode = one.getAttribute("inputmode") || "";
      wish = wishOf(one);
      box = part(".keys").cloneNode(true);
      groupOf(one).insertAdjacentElement("afterend", box);
      one.setAttribute("inputmode", "none");
      one.classList.add("keys-into");
      if (doc.activeElement !== one && !byKeypad) one.focus({ preventScroll: true });
      all("[data-for]", box).forEach(function (key) {
        var what = key.getAttribute("data-for");
        if (what === "lines") key.hidden = field.tagName !== "TEXTAREA";
        if (what === "kanji") turn(key, wish.getAttribute("data-use"));
      });
      show(wish.getAttribute("data-panel"));
      root.setAttribute("data-kiosk-keys", "");
      say("opened");
      makeRoom();
      tell("kiosk:keys", { open: true, box: box, field: field });
      echo();
    }
    if (byKeypad) box.querySelector(".keys-panel:not([hidden]) button").focus({ preventScroll: true });
    makeRoom();
  }
  function close(back) {
    if (!box) return;
    var was = field, gone = box;
    box = field = null;
    gone.remove();
    if (mode) was.setAttribute("inputmode", mode); else was.removeAttribute("inputmode");
    was.classList.remove("keys-into");
    root.removeAttribute("data-kiosk-keys");
    root.style.removeProperty("--keys-height");
    if (typed) { typed = false; was.dispatchEvent(new Event("change", { bubbles: true })); }
    if (back && was.isConnected) was.focus({ preventScroll: true });
    tell("kiosk:keys", { open: false, field: was });
  }
  // The field, its label and what is said of it stay in sight above the keys.
  function makeRoom() {
    if (!box || getComputedStyle(box).position !== "fixed") { if (box) field.scrollIntoView({ block: "nearest" }); return; }
    var keys = box.getBoundingClientRect(), group = groupOf(field), own = field.getBoundingClientRect();
    root.style.setProperty("--keys-height", Math.ceil(keys.height) + "px");
    var label = field.labels && field.labels[0], top = Math.min((label || group).getBoundingClientRect().top, own.top);
    var ceiling = ceilingOf(), most = keys.top - 12;
    var move = own.bottom > most ? own.bottom - most : 0;
    if (top - move < ceiling && own.bottom - top < most - ceiling) move = top - ceiling;
    if (own.top - move < ceiling) move = own.top - ceiling;
    if (move) window.scrollBy(0, move);
  }
  function ceilingOf() { return (parseFloat(getComputedStyle(root).scrollPaddingTop) || 0) + 8; }

  // ---- Panels
  // A key that has nothing to do leaves its place empty, so that the others stay where they are.
  function turn(key, is) { key.classList.toggle("keys-off", !is); }
  function show(name) {
    var had = box.contains(doc.activeElement) && doc.activeElement;
    panel = name;
    all(".keys-panel", box).forEach(function (each) { each.hidden = each.getAttribute("data-panel") !== name; });
    all("[data-show]", box).forEach(function (tab) { tab.setAttribute("aria-pressed", tab.getAttribute("data-show") === name); });
    all("[data-for=kana]", box).forEach(function (key) { turn(key, name === "kana"); });
    if (had && (!had.offsetParent || had.classList.contains("keys-off"))) focusPanel();
    makeRoom();
  }
  function focusPanel() { box.querySelector(".keys-panel:not([hidden]) button").focus({ preventScroll: true }); }

  // ---- Writing
  function places() {
    var end = field.value.length, start = field.selectionStart;
    return start === null ? [end, end] : [start, field.selectionEnd];
  }
  function write(text, from, to) {
    var longer = field.value.length - (to - from) + text.length;
    if (text && field.maxLength > 0 && longer > field.maxLength) return say("full");
    if (field.selectionStart === null) field.value = field.value.slice(0, from) + text + field.value.slice(to);
    else field.setRangeText(text, from, to, "end");
    typed = true;
    quiet();
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: text ? "insertText" : "deleteContentBackward", data: text || null }));
    tell("kiosk:typed", { field: field, text: text, value: field.value });
    echo();
  }
  function put(text) { var at = places(); write(text, at[0], at[1]); }
  function erase() {
    var at = places(), from = at[0];
    if (from === at[1]) from -= /[\uDC00-\uDFFF]/.test(field.value.charAt(from - 1)) ? 2 : 1;
    if (from >= 0) write("", from, at[1]);
  }
  function modify(kind) {
    var at = places()[0], before = field.value.charAt(at - 1), pairs = mould.getAttribute("data-" + kind), found = before ? pairs.indexOf(before) : -1;
    if (found < 0) return;
    write(kind === "half" && found % 2 === 0 ? pairs.charAt(found + 1) : pairs.charAt(found ^ 1), at - 1, at);
  }
  function move(by) {
    var at = places()[by < 0 ? 0 : 1] + by;
    if (field.selectionStart !== null && at >= 0 && at <= field.value.length) field.setSelectionRange(at, at);
    echo();
  }
  function next() {
    var fields = all(TEXT).filter(isText).filter(function (one) { return one.offsetParent; }), to = fields[fields.indexOf(field) + 1];
    var byKeypad = root.getAttribute("data-kiosk-keypad") === "on" && box.contains(doc.activeElement);
    if (!to || to.form !== field.form) return close(true);
    close(false);
    to.focus({ preventScroll: true });
    open(to, byKeypad);
  }

  // ---- Kanji for the kana before the caret
  function runBefore() {
    var at = places()[0], found = /[ぁ-ゖー]+$/.exec(field.value.slice(0, at));
    return found && { kana: found[0].slice(-24), end: at };
  }
  function seek() {
    var run = runBefore(), mine = ++asked, use = wish.getAttribute("data-use");
    if (!run) return say("no-kana");
    run.start = run.end - run.kana.length;
    if (use === "family" && field.value.slice(0, run.start).trim()) use = "given";
    say("seeking");
    box.querySelector(".keys-choice").textContent = "";
    fetch(mould.getAttribute("data-kanji"), { method: "POST", body: new URLSearchParams({ kana: run.kana, use: use }), cache: "no-store" })
      .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
      .then(function (offer) { run.kana = offer.kana || run.kana; run.start = run.end - run.kana.length; offerAll(mine, run, offer.words, offer.singles, offer.words.length + offer.singles.length ? "found" : "none"); })
      .catch(function (error) { offerAll(mine, run, [], [], error.message === "503" ? "preparing" : "failed"); });
  }
  function offerAll(mine, run, words, singles, told) {
    if (mine !== asked || !box) return;
    var katakana = run.kana.replace(/[ぁ-ゖ]/g, function (one) { return String.fromCharCode(one.charCodeAt(0) + 96); });
    var head = words.slice(0, PAGE - 3);
    choices = head.concat([katakana], words.slice(PAGE - 3), singles).map(function (word) { return { word: word, run: run }; });
    shown = 0;
    showChoices();
    say(told);
  }
  function showChoices() {
    var list = box.querySelector(".keys-choice"), more = choices.length > PAGE;
    var had = box.contains(doc.activeElement);
    list.textContent = "";
    choices.slice(shown, shown + PAGE).forEach(function (choice) {
      var button = doc.createElement("button");
      button.type = "button";
      button.textContent = choice.word;
      button.setAttribute("lang", "ja");
      button.keyChoice = choice;
      list.appendChild(button);
    });
    if (more) list.appendChild(part(".keys-more").cloneNode(true));
    list.appendChild(part(".keys-no").cloneNode(true));
    show("choice");
    if (had && !doc.activeElement.closest(".keys-choice")) focusPanel();
  }
  function choose(choice) {
    write(choice.word, choice.run.start, choice.run.end);
    show("kana");
  }

  var DOES = {
    back: erase, space: function () { put(" "); }, line: function () { put("\n"); }, left: function () { move(-1); }, right: function () { move(1); },
    clear: function () { if (field.value) show("ask"); }, "erase-all": function () { write("", 0, field.value.length); show(wish.getAttribute("data-panel")); say("erased"); },
    keep: function () { show(wish.getAttribute("data-panel")); }, next: next, close: function () { close(true); }, kanji: seek,
    voiced: function () { modify("voiced"); }, half: function () { modify("half"); }, small: function () { modify("small"); }
  };
  function press(button) {
    if (button.hasAttribute("data-key")) put(button.getAttribute("data-key"));
    else if (button.hasAttribute("data-show")) { quiet(); show(button.getAttribute("data-show")); }
    else if (button.hasAttribute("data-do")) DOES[button.getAttribute("data-do")]();
    else if (button.keyChoice) choose(button.keyChoice);
    else if (button.classList.contains("keys-more")) { shown = shown + PAGE < choices.length ? shown + PAGE : 0; showChoices(); }
    else if (button.classList.contains("keys-no")) { quiet(); show("kana"); }
  }

  // ---- With the page low on the screen the upper part shows what is written, as it may be scrolled out of sight.
  function echo() {
    var line = doc.querySelector(".kiosk-band-echo");
    if (!line || !field) return;
    var label = field.labels && field.labels[0], at = places()[0];
    line.textContent = (label ? label.textContent.trim() + "： " : "") + (field.type === "password" ? field.value.replace(/./g, "・") : field.value.slice(0, at) + "｜" + field.value.slice(at));
  }

  // ---- What opens and closes it
  doc.addEventListener("mousedown", function (event) { if (box && box.contains(event.target)) event.preventDefault(); });
  doc.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("button");
    if (button && box && box.contains(button)) return press(button);
    if (button && button.parentNode.classList.contains("keys-open")) return open(button.parentNode.keyField, root.getAttribute("data-kiosk-keypad") === "on" && event.detail === 0);
    if (isText(event.target)) open(event.target, false);
  });
  doc.addEventListener("kiosk:write", function (event) { if (isText(event.target)) open(event.target, true); });
  doc.addEventListener("kiosk:key", function (event) {
    if (!box) return;
    if (event.detail.text) put(event.detail.text); else DOES[event.detail.does]();
  });
  doc.addEventListener("keyup", echo);
  doc.addEventListener("focusin", function (event) {
    if (box && event.target !== field && !box.contains(event.target) && event.target !== doc.body) close(false);
  });
  doc.addEventListener("htmx:after:swap", function () { if (field && !field.isConnected) close(false); offer(); });
  addEventListener("resize", function () { makeRoom(); });

  function offer() {
    var groups = [];
    all(TEXT).filter(isText).forEach(function (one) {
      var group = groupOf(one), button = part(".keys-open").cloneNode(true), label = one.labels && one.labels[0];
      if (groups.indexOf(group) >= 0 || group.hasAttribute("data-keys-offered")) return;
      groups.push(group);
      group.setAttribute("data-keys-offered", "");
      button.keyField = one;
      if (label && group === groupOf(one)) button.querySelector(".vh").textContent = " " + label.textContent.trim();
      group.insertAdjacentElement("afterend", button);
    });
    all("input[type=file]").forEach(function (one) {
      if (one.nextElementSibling && one.nextElementSibling.classList.contains("keys-no-file")) return;
      one.insertAdjacentElement("afterend", part(".keys-no-file").cloneNode(true));
    });
  }
  offer();
})();
