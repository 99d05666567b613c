// Notices on this device: the browser is asked only when a button is pressed; everything else is an ordinary form.
(function () {
  "use strict";
  var doc = document, form = doc.getElementById("device");
  if (!form) return;
  var PATIENCE = 20000, again = form.hasAttribute("data-again"), status = doc.getElementById("status");
  var place = "notices:" + form.getAttribute("data-draft");
  function all(selector) { return Array.prototype.slice.call(doc.querySelectorAll(selector)); }
  function show(which) { all("[data-when]").forEach(function (block) { block.hidden = block.getAttribute("data-when") !== which; }); }
  function say(words) { if (status) status.textContent = words || ""; }

  // ---- What this browser remembers: under which mark it was last told to be told about this draft.
  function remember(mark) { try { if (mark) localStorage.setItem(place, mark); else localStorage.removeItem(place); } catch (ignored) { /* then it asks anew */ } }
  function remembered() { try { return localStorage.getItem(place) || ""; } catch (ignored) { return ""; } }

  function within(promise, patience) {
    return Promise.race([promise, new Promise(function (_, fail) { setTimeout(function () { fail(new Error("slow")); }, patience); })]);
  }
  function bytesOf(word) {
    var raw = atob(word.replace(/-/g, "+").replace(/_/g, "/") + "===".slice((word.length + 3) % 4)), bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }
  function wordOf(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function markOf(subscription) {
    if (!subscription) return Promise.resolve("");
    return crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint)).then(function (hash) {
      return Array.prototype.map.call(new Uint8Array(hash).slice(0, 8), function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
    });
  }
  function manager() { return navigator.serviceWorker.ready.then(function (worker) { return worker.pushManager; }); }
  function current() { return manager().then(function (push) { return push.getSubscription(); }); }
  function subscribe() {
    var key = form.getAttribute("data-key");
    return manager().then(function (push) {
      function fresh() { return push.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }); }
      return push.getSubscription().then(function (old) {
        var same = old && old.options && old.options.applicationServerKey && wordOf(old.options.applicationServerKey) === key;
        return !old ? fresh() : same ? old : old.unsubscribe().then(fresh);
      });
    });
  }
  function fill(subscription) {
    form.elements.namedItem("endpoint").value = subscription.endpoint;
    form.elements.namedItem("p256dh").value = wordOf(subscription.getKey("p256dh"));
    form.elements.namedItem("auth").value = wordOf(subscription.getKey("auth"));
    form.elements.namedItem("before").value = remembered();
    return markOf(subscription);
  }

  var can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window && window.crypto && crypto.subtle;
  var isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  if (again) { if (can) tend(); } else offer();

  // ---- The page that offers this device.
  function offer() {
    if (!can) { show(isApple && !navigator.standalone ? "home" : "unsupported"); return; }
    show(Notification.permission === "denied" ? "denied" : "ready");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      say(form.getAttribute("data-wait"));
      Promise.resolve(Notification.requestPermission()).then(function (answer) {
        if (answer !== "granted") { say(""); show(answer === "denied" ? "denied" : "ready"); return null; }
        return within(subscribe(), PATIENCE).then(fill).then(function (mark) { remember(mark); form.submit(); });
      }).catch(function () { say(""); show("slow"); form.hidden = false; });
    });
  }

  // ---- The page that lists the ways: this device knows itself, is let go of where it is stopped, and mends a lost way.
  function tend() {
    within(current(), PATIENCE).then(function (subscription) {
      return markOf(subscription).then(function (mark) {
        all("[data-device]").forEach(function (card) {
          if (mark && card.getAttribute("data-device") === mark) own(card, subscription);
        });
        mend(mark);
      });
    }).catch(function () { /* the page is whole without it */ });
  }
  function own(card, subscription) {
    var words = card.querySelector("[data-here]"), stop = card.querySelector("form");
    if (words) words.hidden = false;
    stop.addEventListener("submit", function (event) {
      event.preventDefault();
      remember("");
      function send() { stop.submit(); }
      if (!card.hasAttribute("data-only")) send();
      else within(subscription.unsubscribe(), 3000).then(send, send);
    });
  }
  function mend(mark) {
    var before = remembered(), known = all("[data-device]").map(function (card) { return card.getAttribute("data-device"); });
    known = known.concat((form.getAttribute("data-lost") || "").split(" "));
    if (!before || before === mark || known.indexOf(before) < 0 || Notification.permission !== "granted") return;
    within(subscribe(), PATIENCE).then(fill).then(function (fresh) {
      return fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" }).then(function (answer) {
        if (answer.ok) { remember(fresh); location.replace(location.pathname); }
      });
    }).catch(function () { /* tried again at the next visit */ });
  }
})();
