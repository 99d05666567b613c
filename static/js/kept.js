// What was typed and is not sent yet, kept on this device: encrypted, each draft with a key that nothing can read out
// and that goes when the draft ends. Nothing is kept on shared machines, nor where the browser cannot encrypt.
(function () {
  "use strict";
  var root = document.documentElement, subtle = window.crypto && window.crypto.subtle, opened = null;
  var able = !!(subtle && window.indexedDB && window.Promise && window.TextEncoder && !root.hasAttribute("data-kiosk"));
  var FLAG = "unsent";

  function result(request) {
    return new Promise(function (done, fail) {
      request.onsuccess = function () { done(request.result); };
      request.onerror = function () { fail(request.error); };
    });
  }
  function open() {
    if (!able) return Promise.reject(new Error("nothing is kept here"));
    if (opened) return opened;
    var request = window.indexedDB.open("unsent", 1);
    request.onupgradeneeded = function () {
      request.result.createObjectStore("keys", { keyPath: "draft" });
      request.result.createObjectStore("records", { keyPath: "id" });
    };
    opened = result(request).then(function (base) {
      base.onversionchange = base.onclose = function () { base.close(); opened = null; };
      return base;
    });
    opened.catch(function () { opened = null; });
    return opened;
  }
  // Runs `work` in one transaction; its answer counts only when everything is really written.
  function write(work) {
    return open().then(function (base) {
      return new Promise(function (done, fail) {
        var all = base.transaction(["keys", "records"], "readwrite"), found = {};
        all.oncomplete = function () { done(found.value); };
        all.onerror = all.onabort = function () { fail(all.error || new Error("not kept")); };
        work(all.objectStore("keys"), all.objectStore("records"), found, all);
      });
    });
  }
  function read(store) {
    return open().then(function (base) { return result(base.transaction(store).objectStore(store).getAll()); });
  }

  // ---- One key for each draft. Two tabs that make it at the same moment end up with the same one.
  function keyOf(draft, until) {
    return subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]).then(function (fresh) {
      return write(function (keys, records, found) {
        keys.get(draft).onsuccess = function (event) {
          var kept = event.target.result || { draft: draft, key: fresh };
          found.value = kept.key;
          if (kept.until !== until) { kept.until = until; keys.put(kept); }
        };
      });
    });
  }
  function bytes(words) { return new TextEncoder().encode(words); }

  // Keeps `plain` sealed under `record`, in place of all records that `instead` names; only while the draft's key is still there.
  function keep(key, record, plain, instead) {
    var iv = window.crypto.getRandomValues(new Uint8Array(12));
    return subtle.encrypt({ name: "AES-GCM", iv: iv, additionalData: bytes(record.id) }, key, bytes(JSON.stringify(plain))).then(function (sealed) {
      record.iv = iv;
      record.sealed = sealed;
      return write(function (keys, records, found, all) {
        keys.get(record.draft).onsuccess = function (event) {
          if (!event.target.result) { all.abort(); return; }
          instead.forEach(function (old) { if (old !== record.id) records.delete(old); });
          records.put(record);
        };
      });
    });
  }
  function unseal(record) {
    return read("keys").then(function (keys) {
      var kept = keys.filter(function (one) { return one.draft === record.draft; })[0];
      if (!kept) throw new Error("the key is gone");
      return subtle.decrypt({ name: "AES-GCM", iv: record.iv, additionalData: bytes(record.id) }, kept.key, record.sealed);
    }).then(function (plain) { return JSON.parse(new TextDecoder().decode(plain)); });
  }
  function drop(id) {
    return write(function (keys, records) { records.delete(id); }).then(flagAgain);
  }
  // Drops what arrived, what is past its day, and whole drafts that `ended` names: with their keys.
  function tidy(taken, ended) {
    var today = new Date(Date.now() - 864e5).toISOString().slice(0, 10);
    function isOver(one) { return one.until < today || ended(one.draft); }
    return Promise.all([read("keys"), read("records")]).then(function (both) {
      var keys = both[0].filter(isOver), records = both[1].filter(function (one) { return isOver(one) || taken.indexOf(one.id) >= 0; });
      if (!keys.length && !records.length) return null;
      return write(function (allKeys, allRecords) {
        keys.forEach(function (one) { allKeys.delete(one.draft); });
        records.forEach(function (one) { allRecords.delete(one.id); });
      });
    }).then(flagAgain);
  }
  // ---- The flag lets every page say in one line that something waits; it is set where sending is known to have failed.
  function flag(on) {
    try { on ? localStorage.setItem(FLAG, "1") : localStorage.removeItem(FLAG); } catch (e) { /* then nothing is said */ }
  }
  function list() {
    return read("records").then(function (all) { return all.sort(function (a, b) { return a.at - b.at; }); });
  }
  function flagAgain() {
    return list().then(function (all) {
      if (!all.some(function (one) { return one.state === "sending"; })) flag(false);
      return all;
    });
  }

  // ---- Words come from the page's templates; only the time is put in.
  function say(words, at) {
    var part = document.importNode(words.content, true);
    Array.prototype.forEach.call(part.querySelectorAll("time"), function (place) {
      var day = new Date(at), form = { hour: "numeric", minute: "2-digit" };
      if (day.toDateString() !== new Date().toDateString()) { form.month = "numeric"; form.day = "numeric"; }
      place.dateTime = day.toISOString();
      place.textContent = day.toLocaleString(root.lang, form);
    });
    return part;
  }
  // Tells whether the service can be reached: "yes", "no", or "slow" where no answer came in time. A proxy may have rules of
  // its own for this address: whatever it answers, somebody is there; only from 500 on nobody stands behind it.
  function ask(limit) {
    var asked = window.fetch("/healthz", { method: "HEAD", cache: "no-store" }).then(function (answer) {
      return answer.status < 500 ? "yes" : "no";
    }, function () { return "no"; });
    return Promise.race([asked, new Promise(function (done) { setTimeout(done, limit, "slow"); })]);
  }
  // Calls `then` once when the service can be reached again; returns what stops the waiting.
  function whenBack(then) {
    var pause = 2000, timer, over = false;
    function look() {
      clearTimeout(timer);
      ask(8000).then(function (found) {
        if (over) return;
        if (found === "yes") { stop(); then(); return; }
        pause = Math.min(pause * 1.5, 30000);
        timer = setTimeout(look, pause);
      });
    }
    function stop() { over = true; clearTimeout(timer); window.removeEventListener("online", look); }
    window.addEventListener("online", look);
    timer = setTimeout(look, pause);
    return stop;
  }

  window.unsent = { able: able, keyOf: keyOf, keep: keep, unseal: unseal, list: list, drop: drop, tidy: tidy, flag: flag, say: say, ask: ask, whenBack: whenBack };
})();
