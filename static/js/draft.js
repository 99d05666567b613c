// On the pages of a draft: keeps what is typed until the server has it, and says so when it could not be sent.
(function () {
  "use strict";
  var doc = document, kept = window.unsent, place = doc.querySelector("[data-unsent]");
  if (!kept || !place || doc.documentElement.hasAttribute("data-kiosk")) return;
  var mode = place.getAttribute("data-unsent"), draft = place.getAttribute("data-draft"), until = place.getAttribute("data-until");
  var taken = (place.getAttribute("data-taken") || "").split(" ").filter(Boolean);
  var form = doc.getElementById("question"), told = doc.getElementById("unsent-told") || place;

  function words(name) { return place.querySelector("template[data-say=" + name + "]"); }
  function tell(names, at) {
    var box = doc.createElement("div");
    box.className = "notice";
    names.forEach(function (name) { box.appendChild(kept.say(words(name), at)); });
    told.textContent = "";
    told.appendChild(box);
    if (box.scrollIntoView) box.scrollIntoView({ block: "nearest" });
  }
  function hush() { told.textContent = ""; }

  // What the server has, what is past its day and what has ended goes, on every page of a draft.
  var tidied = kept.able ? kept.tidy(taken, function (one) { return mode === "ended" && (!draft || one === draft); }) : Promise.resolve([]);
  tidied.then(function (all) { if (mode !== "keep") mention(all); }, function () { /* what keeps nothing has nothing to tidy */ });
  function mention(all) {
    var line = doc.getElementById("unsent-notice");
    if (line && all.some(function (one) { return one.state === "sending"; })) line.hidden = false;
  }
  if (!form || (mode !== "keep" && mode !== "hold")) return;

  // ---- Pressing goes on by the form itself, with an id of its own for each press.
  var passing = false, busy = false;
  // A browser that does not say which button was pressed goes on by itself: sent again without it, "then" would be lost.
  var can = !!form.requestSubmit && !!window.SubmitEvent && "submitter" in window.SubmitEvent.prototype;
  function go(by) {
    passing = true;
    by && by.form === form ? form.requestSubmit(by) : form.requestSubmit();
    passing = busy = false;
  }
  function stop(event) { event.preventDefault(); event.stopPropagation(); }

  // ---- Where nothing may go by itself later (promises are read and ticked), the page only stays as it is.
  if (mode === "hold") {
    form.addEventListener("submit", function (event) {
      if (passing || !can) return;
      stop(event);
      if (busy) return;
      var by = event.submitter;
      busy = true;
      hush();
      (navigator.onLine ? kept.ask(3000) : Promise.resolve("no")).then(function (found) {
        if (found !== "no") { go(by); return; }
        busy = false;
        tell(["hold"]);
      });
    });
    return;
  }

  // ---- What stands in the form. Files, passwords and Individual Numbers are never kept: `lost` tells that some were there.
  var TWELVE = /(^|\D)\d{4}[\s-]?\d{4}[\s-]?\d{4}(\D|$)|(\d\D+){11}\d/;
  function isSecret(name, value) {
    var field = form.elements[name];
    return (field && field.type === "password") || TWELVE.test(value.normalize ? value.normalize("NFKC") : value);
  }
  function collect() {
    var found = { fields: [], lost: false };
    new FormData(form).forEach(function (value, name) {
      if (name === "csrf" || name === "sending") return;
      if (typeof value !== "string") { if (value.size) found.lost = true; return; }
      if (value && isSecret(name, value)) { found.lost = true; return; }
      found.fields.push([name, value]);
    });
    return found;
  }
  function textOf(element) {
    var copy = element.cloneNode(true);
    Array.prototype.forEach.call(copy.querySelectorAll("rt, rp, .vh, input"), function (one) { one.parentNode.removeChild(one); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }
  // Each answer with the label that a person knows it by, for reading it where its page is gone.
  function describe() {
    var lines = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      var ticks = field.type === "radio" || field.type === "checkbox", label = field.labels && field.labels[0];
      if (!field.name || field.type === "hidden" || field.type === "file" || field.tagName === "BUTTON") return;
      if (ticks ? !field.checked : !field.value || isSecret(field.name, field.value)) return;
      var group = field.closest("fieldset"), legend = group && group.querySelector("legend");
      lines.push([textOf((ticks && legend) || label || field), ticks && label ? textOf(label) : field.value]);
    });
    return lines;
  }
  var action = form.getAttribute("action"), typing = "typing " + action, key = null, queue = tidied.catch(function () {});
  var first = JSON.stringify(collect().fields), waiting = null, restoring = "", pressed = "";
  function mark(name) {
    var field = form.querySelector("input[type=hidden][name=" + name + "]");
    return field ? "&" + name + "=" + encodeURIComponent(field.value) : "";
  }
  // What waits of this very page. Whoever presses again means what stands there now: an older press must never follow a newer.
  function findOlder() {
    return kept.list().then(function (all) {
      return Promise.all(all.filter(function (one) { return one.draft === draft; }).map(function (one) {
        return kept.unseal(one).then(function (plain) { return plain.action === action ? one.id : ""; }, function () { return ""; });
      }));
    }).catch(function () { return []; });
  }
  function keep(id, state, by, instead, whole) {
    var found = collect(), heading = doc.querySelector("h1"), marks = (mark("back") + mark("go")).replace("&", "?");
    var record = { id: id, draft: draft, until: until, state: state, at: Date.now(), lost: found.lost };
    var plain = { title: heading ? textOf(heading) : "", path: action + marks, action: action, fields: found.fields, words: describe(), by: by && by.name ? [by.name, by.value] : null };
    queue = queue.catch(function () {}).then(function () {
      return key || kept.keyOf(draft, until).then(function (one) { key = one; return one; });
    }).then(function (one) {
      return (whole ? findOlder() : Promise.resolve([])).then(function (older) { return kept.keep(one, record, plain, older.concat(instead)); });
    });
    return queue.then(function () { return record; });
  }
  function keepTyping() {
    if (!kept.able || waiting || busy) return;
    clearTimeout(timer);
    var now = JSON.stringify(collect().fields);
    if (now === last) return;
    last = now;
    if (now === first) queue = queue.catch(function () {}).then(function () { return kept.drop(typing); });
    else keep(typing, "typing", null, restoring);
    queue.catch(function () { last = ""; });
    restoring = "";
  }
  var timer, last = first;
  function soon() {
    if (waiting) cancel();
    clearTimeout(timer);
    timer = setTimeout(keepTyping, 800);
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  doc.addEventListener("htmx:after:swap", soon);
  window.addEventListener("pagehide", keepTyping);
  doc.addEventListener("visibilitychange", function () { if (doc.visibilityState === "hidden") keepTyping(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { busy = false; unmark(); last = first; } });

  // ---- Sending
  function newId() {
    return Array.prototype.map.call(window.crypto.getRandomValues(new Uint8Array(16)), function (one) {
      return ("0" + one.toString(16)).slice(-2);
    }).join("");
  }
  function unmark() { var field = form.querySelector("input[name=sending]"); if (field) form.removeChild(field); }
  function markWith(id) {
    var field = doc.createElement("input");
    field.type = "hidden";
    field.name = "sending";
    field.value = id;
    unmark();
    form.appendChild(field);
  }
  // Something was written after pressing without a network: then it is not sent by itself, but by pressing again.
  function cancel() {
    waiting.stop();
    var old = waiting.id;
    waiting = null;
    unmark();
    last = "";
    restoring = old;
    tell(["changed"]);
  }
  function wait(id, by, lost, at) {
    tell(lost ? ["waiting", "lost"] : ["waiting"], at);
    kept.flag(true);
    waiting = { id: id, stop: kept.whenBack(function () { waiting = null; markWith(id); go(by); }) };
  }
  form.addEventListener("submit", function (event) {
    if (passing || event.defaultPrevented || !window.crypto) return;
    var by = event.submitter, id = newId(), saved, old = waiting ? waiting.id : typing;
    function hold() { if (pressed === id) { busy = false; tell(["hold"]); } }
    if (busy) { stop(event); return; }
    pressed = id;
    if (waiting) { waiting.stop(); waiting = null; }
    clearTimeout(timer);
    markWith(id);
    // Other buttons of the page ("then") send no answer yet: what waits stays beside them.
    saved = kept.able ? keep(id, "sending", by, restoring || old, !by || by.name !== "then") : Promise.reject(new Error("nothing is kept here"));
    restoring = "";
    saved.catch(function () {});
    if (!can) return;
    stop(event);
    busy = true;
    hush();
    if (!navigator.onLine) {
      unmark();
      // A device that does not keep it in time says so at once; should it be kept after all, that is told then.
      var late = setTimeout(hold, 3000);
      saved.then(function (record) {
        clearTimeout(late);
        if (pressed === id && !passing) { busy = false; wait(id, by, record.lost, record.at); }
      }, function () { clearTimeout(late); hold(); });
      return;
    }
    Promise.race([saved.catch(function () {}), new Promise(function (done) { setTimeout(done, 150); })]).then(function () { go(by); });
  });

  // ---- Coming back to a page with something kept: shown, never filled in unasked.
  function fill(fields) {
    var left = {};
    fields.forEach(function (pair) { (left[pair[0]] = left[pair[0]] || []).push(pair[1]); });
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || field.type === "hidden" || field.type === "file" || field.tagName === "BUTTON") return;
      var values = left[field.name] || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.indexOf(field.value) >= 0;
      else if (values.length) field.value = values.shift();
    });
  }
  function offer(record, plain) {
    var box = doc.createElement("div"), spot = place.querySelector("[data-offer]");
    box.className = "notice warn";
    box.appendChild(kept.say(words(record.state), record.at));
    box.appendChild(kept.say(words("buttons"), record.at));
    if (record.state !== "sending" || record.lost) box.querySelector("[data-do=send]").remove();
    box.querySelector("[data-do=restore]").addEventListener("click", function () {
      fill(plain.fields);
      restoring = record.id;
      last = "";
      keepTyping();
      spot.textContent = "";
      tell(["restored"]);
      var start = form.querySelector("input:not([type=hidden]), textarea, select");
      if (start) start.focus();
    });
    box.querySelector("[data-do=drop]").addEventListener("click", function () {
      kept.drop(record.id).then(function () { spot.textContent = ""; tell(["dropped"]); });
    });
    spot.textContent = "";
    spot.appendChild(box);
  }
  tidied.then(function (all) {
    mention(all.filter(function (one) { return one.draft !== draft; }));
    all.filter(function (one) { return one.draft === draft; }).forEach(function (record) {
      kept.unseal(record).then(function (plain) {
        if (plain.action !== action) { mention([record]); return; }
        if (waiting || busy) return;
        if (record.state === "typing" && JSON.stringify(plain.fields) === first) { kept.drop(record.id); return; }
        offer(record, plain);
      }, function () { kept.drop(record.id); });
    });
  }, function () {});
})();
