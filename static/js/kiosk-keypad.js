// A shared machine by four arrows and OK alone, with its page in the lower part of the screen, and both switched without a
// new page. Up and down go through everything there is to read and to press; each stop is told by kiosk:stop (detail {element})
// on the document. Tab goes on working as in any browser.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, at = root.getAttribute("data-kiosk-at");
  var TEXT = "input:not([type]),input[type=text],input[type=search],input[type=tel],input[type=email],input[type=url],input[type=number],input[type=password],textarea";
  var BLOCK = "h1,h2,h3,h4,h5,h6,p,li,dt,dd,td,th,caption,legend,figcaption";
  var CONTROL = "a[href],button,input:not([type=hidden]):not([type=file]),select,textarea,summary";
  var SKIPPED = "[aria-hidden=true],.vh,[hidden],template";
  var trail = [], here = null, keys = null;
  function all(selector, inside) { return Array.prototype.slice.call((inside || doc).querySelectorAll(selector)); }
  function tell(name, detail) { doc.dispatchEvent(new CustomEvent(name, { detail: detail })); }
  function isOn() { return root.getAttribute("data-kiosk-keypad") === "on"; }
  function isUsed() { return root.getAttribute("data-kiosk") === "used"; }

  // ---- Stops: what can be pressed, and every block that has words of its own
  function isShown(one) {
    if (one.closest(SKIPPED) || one.disabled) return false;
    return one.checkVisibility ? one.checkVisibility({ checkVisibilityCSS: true }) : one.getClientRects().length > 0;
  }
  function hasWords(node) {
    return Array.prototype.some.call(node.childNodes, function (child) {
      if (child.nodeType === 3) return /[^\s、・]/.test(child.data);
      if (child.nodeType !== 1 || child.matches(BLOCK) || child.matches(CONTROL) || child.matches(SKIPPED)) return false;
      if (child.tagName === "LABEL" && child.querySelector(CONTROL)) return false;
      return child.tagName === "IMG" || child.tagName === "svg" ? false : hasWords(child);
    });
  }
  function scope() { return all("dialog[open]").pop() || doc.body; }
  function stops() {
    return all(BLOCK + "," + CONTROL, scope()).filter(function (one) {
      return (one.matches(CONTROL) || hasWords(one)) && isShown(one);
    });
  }
  function follows(one, other) { return one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING; }
  function beside(from, by, list) {
    var place = list.indexOf(from);
    if (place >= 0) return list[place + by];
    var found = list.filter(function (one) { return by > 0 ? follows(from, one) : follows(one, from) && !one.contains(from); });
    return by > 0 ? found[0] : found[found.length - 1];
  }
  function current() {
    var active = doc.activeElement;
    if (active && active !== doc.body && active !== root) return active;
    return here && here.isConnected ? here : null;
  }

  function go(one, isBack) {
    if (!one) return;
    var from = current();
    if (from && from !== one && !isBack) trail = trail.slice(-49).concat([from]);
    if (!one.matches(CONTROL) && !one.hasAttribute("tabindex")) one.setAttribute("tabindex", "-1");
    here = one;
    one.focus({ preventScroll: true });
    show(one);
    tell("kiosk:stop", { element: one });
  }
  function show(one) {
    if (keys && keys.box.contains(one) && getComputedStyle(keys.box).position === "fixed") return;
    (one.closest("label") || one).scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    var list = stops(), from = current();
    if (keys && from === keys.field && by > 0) return go(keys.box.querySelector(".keys-panel:not([hidden]) button"));
    // After the last comes the first: there is no end to get caught at.
    go((from && beside(from, by, list)) || list[by > 0 ? 0 : list.length - 1]);
  }
  function jump(by) {
    var list = stops().filter(function (one) { return one.matches(CONTROL); }), from = current();
    go((from && beside(from, by, list)) || list[by > 0 ? 0 : list.length - 1]);
  }

  // ---- Among the on-screen keys the arrows go where they point
  function point(from, way) {
    var own = from.getBoundingClientRect(), across = way === "ArrowLeft" || way === "ArrowRight", ahead = way === "ArrowRight" || way === "ArrowDown";
    var near = all("button", keys.box).filter(isShown).map(function (one) {
      var box = one.getBoundingClientRect();
      var gap = across ? (ahead ? box.left - own.right : own.left - box.right) : (ahead ? box.top - own.bottom : own.top - box.bottom);
      var aside = across ? Math.max(box.top - own.bottom, own.top - box.bottom, -1) : Math.abs(box.left + box.width / 2 - own.left - own.width / 2);
      return { one: one, gap: gap, aside: aside, box: box };
    }).filter(function (found) { return found.one !== from && found.gap > -4; });
    if (across) near = near.filter(function (found) { return found.aside < 0; });
    near.sort(function (a, b) { return across ? a.gap - b.gap : Math.round((a.gap - b.gap) / 20) || a.aside - b.aside; });
    return near[0] && near[0].one;
  }
  function moveInKeys(from, way) {
    var to = point(from, way);
    if (to) return go(to);
    if (way === "ArrowUp") return go(keys.field);
    if (way === "ArrowDown") {
      var list = stops(), inside = list.filter(function (one) { return keys.box.contains(one); });
      return go(list[list.indexOf(inside[inside.length - 1]) + 1] || list[0]);
    }
    // Over the edge of a line and in again on its other side.
    for (var last = from, other = way === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"; (to = point(last, other)); ) last = to;
    go(last);
  }
  doc.addEventListener("kiosk:keys", function (event) { keys = event.detail.open ? event.detail : null; });

  // ---- Left and right in what is chosen from
  function choose(one, by) {
    if (one.tagName === "SELECT") {
      one.selectedIndex = Math.max(0, Math.min(one.options.length - 1, one.selectedIndex + by));
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
      return tell("kiosk:stop", { element: one });
    }
    var group = stops().filter(function (other) { return other.type === "radio" && other.name === one.name && other.form === one.form; });
    var to = group[(group.indexOf(one) + by + group.length) % group.length];
    to.click();
    go(to);
  }
  function press(one, event) {
    if (one.matches(TEXT)) {
      if (!doc.getElementById("kiosk-keys")) return;
      event.preventDefault();
      one.dispatchEvent(new CustomEvent("kiosk:write", { bubbles: true }));
      if (keys) { here = doc.activeElement; tell("kiosk:stop", { element: here }); }
    } else if (one.type === "radio" || one.type === "checkbox") {
      event.preventDefault();
      one.click();
      tell("kiosk:stop", { element: one });
    } else if (one.tagName === "SELECT") {
      event.preventDefault();
      choose(one, one.selectedIndex === one.options.length - 1 ? -one.selectedIndex : 1);
    } else if (one.tagName === "A" && one.hash && one.pathname === location.pathname && one.search === location.search) {
      event.preventDefault();
      land(doc.getElementById(decodeURIComponent(one.hash.slice(1))));
    } else if (!one.matches(CONTROL)) {
      event.preventDefault();
      tell("kiosk:stop", { element: one });
    }
  }
  function land(target) {
    if (!target) return;
    var list = stops();
    go(list.indexOf(target) >= 0 ? target : beside(target, 1, list));
  }
  function back() {
    if (keys) return tell("kiosk:key", { does: "close" });
    var to = trail.pop();
    while (to && !(to.isConnected && isShown(to))) to = trail.pop();
    go(to, true);
  }

  // ---- On the page where everybody begins the arrows always work, and whoever uses them there goes on with them.
  function begin() {
    if (isUsed() || isOn()) return;
    root.setAttribute("data-kiosk-keypad", "on");
    all("input[name=chosen]").forEach(function (kept) { kept.value = (kept.value + " keypad").trim(); });
    all('[name=change][value="keypad-on"]').forEach(function (one) { one.value = "keypad-off"; one.setAttribute("aria-pressed", "true"); });
  }
  doc.addEventListener("keydown", function (event) {
    var key = event.key, one = current(), isArrow = /^Arrow/.test(key);
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isArrow) begin();
    if (!isOn()) { if (key === "Escape" && keys) back(); return; }
    var inKeys = keys && one && keys.box.contains(one);
    if (key === "Escape") { if (!all("dialog[open]").length) { event.preventDefault(); back(); } return; }
    if (inKeys && /^[0-9]$/.test(key)) { event.preventDefault(); return tell("kiosk:key", { text: key }); }
    if (inKeys && key === "Backspace") { event.preventDefault(); return tell("kiosk:key", { does: "back" }); }
    if (key === "Enter" && one) return press(one, event);
    if (!isArrow) return;
    var across = key === "ArrowLeft" || key === "ArrowRight", by = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    if (across && one && one.matches(TEXT)) return;
    event.preventDefault();
    if (inKeys) moveInKeys(one, key);
    else if (across && one && (one.type === "radio" || one.tagName === "SELECT")) choose(one, by);
    else if (across) jump(by);
    else step(by);
  });

  // ---- A new page begins at what is to be mended, else at its heading.
  if (isOn() && isUsed()) {
    var first = doc.querySelector(".errors") || doc.querySelector("main h1");
    if (first) { here = first; if (!first.hasAttribute("tabindex")) first.setAttribute("tabindex", "-1"); first.focus({ preventScroll: true }); show(first); tell("kiosk:stop", { element: first }); }
  }

  // ---- The upper part of the screen, where nothing is to be touched, holds the page's title and what is being written.
  var band = doc.createElement("div"), heading = doc.querySelector("main h1");
  band.className = "kiosk-band no-print";
  band.setAttribute("aria-hidden", "true");
  ["kiosk-band-title", "kiosk-band-echo"].forEach(function (name) {
    var line = doc.createElement("p");
    line.className = name;
    band.appendChild(line);
  });
  if (heading) {
    var words = heading.cloneNode(true);
    all("rt,rp,.vh", words).forEach(function (extra) { extra.remove(); });
    band.firstChild.textContent = words.textContent.trim();
  }
  doc.body.appendChild(band);
  doc.addEventListener("kiosk:keys", function (event) { if (!event.detail.open) band.lastChild.textContent = ""; });

  var bar = doc.querySelector(".kiosk-bar");
  function measure() {
    if (!bar) return;
    // A bar of many lines would leave no room for the page under it: it scrolls away then.
    var high = Math.ceil(bar.getBoundingClientRect().height), flows = high > window.innerHeight / 4;
    root.setAttribute("data-kiosk-bar", flows ? "flows" : "stays");
    root.style.setProperty("--kiosk-bar", (!flows && getComputedStyle(bar).position === "sticky" ? high : 0) + "px");
  }
  if (bar && window.ResizeObserver) new ResizeObserver(measure).observe(bar);
  measure();

  // ---- Switches in the bar: at once, and nothing typed is lost.
  doc.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-kiosk-switch]");
    if (!button || !at) return;
    var name = button.getAttribute("data-kiosk-switch"), on = root.getAttribute("data-kiosk-" + name) !== "on";
    root.setAttribute("data-kiosk-" + name, on ? "on" : "off");
    button.setAttribute("aria-pressed", on);
    measure();
    fetch(at + "settings", { method: "POST", body: new URLSearchParams({ change: name + (on ? "-on" : "-off"), back: "/" }), redirect: "manual", cache: "no-store" })
      .catch(function () { /* the page has it; the next one may not */ });
  });
})();
