// Lists what this device could not send yet, and sends it when the service can be reached: first it asks whether it
// arrived after all, then it sends the form itself, so that the server's answer is simply the next page.
(function () {
  "use strict";
  var doc = document, kept = window.unsent;
  function one(selector, inside) { return (inside || doc).querySelector(selector); }
  function each(selector, inside, work) { Array.prototype.forEach.call(inside.querySelectorAll(selector), work); }
  if (!kept || !kept.able || !window.fetch || !window.DOMParser) return;
  var list = one("[data-list]"), told = one("[data-told]"), busy = false, stopWaiting = null;
  var here = /\/unsent$/.test(location.pathname);

  function tell(name) {
    told.textContent = "";
    if (name) told.appendChild(kept.say(one("template[data-say=" + name + "]"), 0));
  }
  function show() {
    return kept.tidy([], function () { return false; }).then(function (all) {
      return Promise.all(all.map(function (record) {
        return kept.unseal(record).then(function (plain) { return { record: record, plain: plain }; }, function () {
          return kept.drop(record.id).then(function () { return null; });
        });
      }));
    }).then(function (found) {
      found = found.filter(Boolean);
      // In the place of an answer that never came, and with nothing kept: only the page before can send it again.
      var lost = !found.length && !here;
      one("[data-plain]").hidden = !lost;
      one("[data-none]").hidden = lost || found.length > 0;
      one("[data-some]").hidden = !found.length;
      list.textContent = "";
      found.forEach(add);
      if (found.some(isWaiting)) kept.flag(true);
      return found;
    });
  }
  function isWaiting(item) { return item.record.state === "sending" && !item.record.lost; }

  function add(item) {
    var part = kept.say(one("template[data-item]"), item.record.at), place = part.firstElementChild, sure = one("[data-sure]", place);
    one("[data-title]", place).textContent = item.plain.title;
    each("[data-state]", place, function (line) { line.hidden = line.getAttribute("data-state") !== item.record.state; });
    one("[data-lost]", place).hidden = !item.record.lost;
    one("[data-do=back]", place).href = item.plain.path;
    one("[data-do=send]", place).hidden = !isWaiting(item);
    one("[data-do=send]", place).addEventListener("click", function () { send(item); });
    one("[data-do=drop]", place).addEventListener("click", function () { sure.hidden = false; sure.focus(); });
    one("[data-do=keep]", place).addEventListener("click", function () { sure.hidden = true; one("[data-do=drop]", place).focus(); });
    one("[data-do=sure]", place).addEventListener("click", function () {
      kept.drop(item.record.id).then(show).then(function () { tell("dropped"); });
    });
    item.place = place;
    list.appendChild(part);
  }
  // Where it can be sent no more, the resident reads the words here and takes them along.
  function showWords(item) {
    var lines = one("[data-words]", item.place);
    lines.textContent = "";
    item.plain.words.forEach(function (pair) {
      var line = doc.createElement("div"), name = doc.createElement("dt"), value = doc.createElement("dd");
      name.textContent = pair[0];
      value.textContent = pair[1];
      line.appendChild(name);
      line.appendChild(value);
      lines.appendChild(line);
    });
    lines.hidden = !item.plain.words.length;
    one("[data-do=send]", item.place).hidden = true;
  }

  function send(item) {
    if (busy) return;
    busy = true;
    if (stopWaiting) { stopWaiting(); stopWaiting = null; }
    tell("sending");
    window.fetch(item.plain.path, { credentials: "same-origin", cache: "no-store", headers: { Accept: "text/html" } }).then(function (answer) {
      if (answer.status === 404 || answer.status === 410) return refuse(item, "gone");
      if (answer.status > 501 && answer.status < 505) { busy = false; wait(); return null; }
      if (!answer.ok) return refuse(item, "trouble");
      return answer.text().then(function (html) { return go(item, new DOMParser().parseFromString(html, "text/html"), answer.url); });
    }, function () { busy = false; wait(); }).catch(function () { refuse(item, "trouble"); });
  }
  function refuse(item, why) {
    busy = false;
    tell(why);
    if (why === "gone" || why === "moved") showWords(item);
  }
  function go(item, page, address) {
    var about = one("[data-unsent]", page), taken = about ? about.getAttribute("data-taken") || "" : "", form = one("form#question", page);
    if (taken.split(" ").indexOf(item.record.id) >= 0) {
      return kept.drop(item.record.id).then(show).then(function () { busy = false; tell("arrived"); });
    }
    if (about && about.getAttribute("data-unsent") === "ended") return refuse(item, "gone");
    if (!form || form.getAttribute("action") !== item.plain.action) return refuse(item, about ? "moved" : (/\/unsent$/.test(address) ? "away" : "trouble"));
    post(item, one("input[name=csrf]", form).value);
  }
  function post(item, csrf) {
    var form = doc.createElement("form"), pairs = [["csrf", csrf], ["sending", item.record.id]].concat(item.plain.fields);
    if (item.plain.by) pairs.push(item.plain.by);
    form.method = "post";
    form.action = item.plain.action;
    form.hidden = true;
    pairs.forEach(function (pair) {
      // A text area keeps line breaks as they were typed.
      var field = doc.createElement("textarea");
      field.name = pair[0];
      field.value = pair[1];
      form.appendChild(field);
    });
    doc.body.appendChild(form);
    form.submit();
  }

  // ---- While the page is open it sends by itself when the network comes back; one after the other, each answer is seen.
  function wait() {
    tell("away");
    if (stopWaiting) stopWaiting();
    stopWaiting = kept.whenBack(function () {
      stopWaiting = null;
      show().then(function (found) { var next = found.filter(isWaiting)[0]; tell(""); if (next) send(next); });
    });
  }
  window.addEventListener("pageshow", function (event) { if (event.persisted) { busy = false; tell(""); show(); } });
  show().then(function (found) {
    if (!found.some(isWaiting)) return;
    kept.ask(4000).then(function (reached) { if (!busy && (reached !== "yes" || !here)) wait(); });
  }, function () {});
})();
