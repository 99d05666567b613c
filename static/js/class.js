// [data-poll] is asked for with data-rev: 204 is nothing new, 200 the whole element, the last without data-poll. data-say is
// spoken, data-state when it changed. data-hidden-too: also in a tab that nobody looks at. [data-go] is pressed after data-follow-in
// seconds if its notice is seen and no field was used.
(function () {
  "use strict";
  var doc = document, touched = false, boxes = [];
  function say(words) {
    var status = doc.getElementById("status");
    if (status && words) { status.textContent = ""; setTimeout(function () { status.textContent = words; }, 50); }
  }
  function isField(one) { return one.matches && one.matches("input:not([type=hidden]), textarea, select"); }
  function followed(where) {
    try { return where ? sessionStorage.setItem("followed", where) : sessionStorage.getItem("followed"); } catch (error) { return ""; }
  }

  function watch(box) {
    var wait = 2000, failures = 0, timer, going, goal, asking;
    function get(name) { return box.getAttribute("data-" + name) || ""; }
    function lost(is) {
      var line = box.querySelector("[data-lost]");
      if (line && line.hidden === is) { line.hidden = !is; say(is && line.textContent); }
    }
    function ask() {
      var poll = get("poll"), request = new XMLHttpRequest();
      clearTimeout(timer);
      if (asking || (doc.hidden && !box.hasAttribute("data-hidden-too")) || !poll) return;
      asking = true;
      request.open("GET", poll + (poll.indexOf("?") < 0 ? "?rev=" : "&rev=") + get("rev"));
      request.timeout = 10000;
      request.onloadend = function () {
        var code = request.status, fine = code === 200 || code === 204;
        asking = false;
        failures = fine ? 0 : failures + 1;
        wait = fine ? 2000 : Math.min(wait * 2, 10000);
        lost(failures > 1 || (!fine && navigator.onLine === false));
        if (code === 200) take(request.responseText);
        if (code === 403 || code === 404) box.setAttribute("data-poll", "");
        timer = setTimeout(ask, wait * (0.9 + Math.random() / 5));
      };
      request.send();
    }
    function take(text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
      var at = doc.activeElement, inside = box.contains(at), state = get("state");
      if (!fresh || fresh.id !== box.id) {
        // Another page came, such as the one to sign in: who listens may say so instead of having it shown.
        if (box.dispatchEvent(new CustomEvent("replaced", { cancelable: true }))) location.reload();
        else box.setAttribute("data-poll", "");
        return;
      }
      if (inside && isField(at)) return;
      ["poll", "rev", "say", "state", "follow", "follow-in", "calls"].forEach(function (name) {
        box.setAttribute("data-" + name, fresh.getAttribute("data-" + name) || "");
      });
      while (box.firstChild) box.removeChild(box.firstChild);
      while (fresh.firstChild) box.appendChild(fresh.firstChild);
      at = at.id && doc.getElementById(at.id) || box;
      if (inside) {
        if (at === box) box.tabIndex = -1;
        at.focus({ preventScroll: true });
      }
      say(get("say") || (get("state") !== state && get("state")));
      box.dispatchEvent(new CustomEvent("polled", { bubbles: true }));
      follow();
    }
    function follow(again) {
      var where = get("follow"), note = box.querySelector("[data-moves]"), moves = where && !touched && followed() !== where;
      if (note) note.hidden = !moves;
      if (moves && where === goal && !again) return;
      clearTimeout(going);
      goal = moves && where;
      if (moves) going = setTimeout(go, 1000 * get("follow-in"));
    }
    function go() {
      var note = box.querySelector("[data-moves]"), at = note.getBoundingClientRect();
      if (at.top > 0 && at.top + 80 < innerHeight && !doc.hidden) box.querySelector("[data-go]").click();
      else note.hidden = true;
    }
    box.addEventListener("click", function (event) { if (event.target.closest("[data-go]")) followed(get("follow")); });
    follow();
    timer = setTimeout(ask, wait);
    boxes.push(function (woken) { follow(woken); if (woken) ask(); });
  }

  function all(woken) { boxes.forEach(function (one) { one(woken); }); }
  function wake() { if (!doc.hidden) all(true); }
  function use(event) { if (isField(event.target)) { touched = true; all(false); } }
  doc.addEventListener("input", use);
  doc.addEventListener("focusin", use);
  doc.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  Array.prototype.forEach.call(doc.querySelectorAll("[data-poll]"), watch);
})();
