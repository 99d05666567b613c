// What is said of a page on a shared machine: its words with their languages and readings, of controls their role and state.
// It decides nothing about sound; kiosk-voice.js speaks, kiosk-listen.js tells when.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, shapes = doc.getElementById("kiosk-voice");
  if (!shapes) return;
  var SILENT = "[hidden],[aria-hidden=true],[data-not-aloud],template,script,style,noscript,rp,[role=status],.aloud-place";
  var CONTROL = "button,input,select,textarea,summary,a[href]", FIELD = "input,select,textarea";
  var lastGroup = null;
  var HEADING = /^H[1-6]$/, BLOCK = /^(P|LI|DT|DD|TD|TH|CAPTION|LEGEND|DIV|SECTION|ARTICLE|HEADER|FOOTER|NAV|MAIN|ASIDE|UL|OL|DL|FORM|FIELDSET|TABLE|TR|DETAILS|FIGURE|FIGCAPTION|BR)$/;

  // A word of the machine itself, in the page's language.
  function word(name, values) {
    var found = shapes.content.querySelector('[data-say="' + name + '"]'), words = found ? found.textContent : "";
    Object.keys(values || {}).forEach(function (key) { words = words.replace("{" + key + "}", values[key]); });
    return { lang: root.lang, words: words };
  }
  function join(list) { return list.map(function (part) { return part.words; }).join(""); }
  function isSilent(node) { return node.matches(SILENT) || (node.checkVisibility && !node.checkVisibility()); }

  function addText(words, lang, parts) {
    var last = parts[parts.length - 1];
    if (last && last.lang === lang && !last.ended) last.words += words;
    else if (words.trim()) parts.push({ lang: lang, words: words });
  }
  // The words of a node. A reading above a word goes with it as 漢字《かんじ》: the server takes it where its voice would err.
  function parts(node, lang, found) {
    found = found || [];
    if (node.nodeType === 3) addText(node.data.replace(/\s+/g, " "), lang, found);
    if (node.nodeType !== 1 || isSilent(node)) return found;
    lang = node.lang || lang;
    if (node.hasAttribute("data-read")) addText(node.getAttribute("data-read"), lang, found);
    else if (node.getAttribute("role") === "img") addText(" " + (node.getAttribute("aria-label") || "") + " ", lang, found);
    else if (node.tagName === "IMG") addText(" " + node.alt + " ", lang, found);
    else if (node.tagName === "RUBY") {
      var rt = node.querySelector("rt"), base = node.querySelector("span") || node.firstChild;
      addText(base.textContent + (rt && lang === "ja" ? "《" + rt.textContent + "》" : ""), lang, found);
    } else if (!node.matches(FIELD)) {
      Array.prototype.forEach.call(node.childNodes, function (child) {
        if (child.nodeType === 1 && BLOCK.test(child.tagName)) { addText("、", lang, found); parts(child, lang, found); addText("、", lang, found); }
        else parts(child, lang, found);
      });
    }
    return found;
  }
  function langOf(element) { var near = element.closest("[lang]"); return near ? near.lang : root.lang; }
  function textOf(element) { return element ? parts(element, langOf(element)) : []; }
  function byIds(element, name) {
    return (element.getAttribute(name) || "").split(/\s+/).map(function (id) { return id && doc.getElementById(id); }).filter(Boolean);
  }
  function manyTexts(elements) { return elements.reduce(function (list, one) { return list.concat(textOf(one)); }, []); }

  function nameOf(element) {
    var named = byIds(element, "aria-labelledby");
    if (named.length) return manyTexts(named);
    if (element.getAttribute("aria-label")) return [{ lang: langOf(element), words: element.getAttribute("aria-label") }];
    if (element.labels && element.labels.length) return manyTexts(Array.prototype.slice.call(element.labels));
    if (element.tagName === "INPUT") return [{ lang: root.lang, words: /^(submit|button)$/.test(element.type) ? element.value : element.title }];
    var own = textOf(element);
    return own.length ? own : [{ lang: root.lang, words: element.title || "" }];
  }

  function radiosOf(element) {
    var all = Array.prototype.slice.call(doc.querySelectorAll("input[type=radio]"));
    return all.filter(function (one) { return one.name === element.name && one.form === element.form; });
  }
  function isSecret(element) {
    return element.type === "password" || element.autocomplete === "one-time-code" || element.hasAttribute("data-secret");
  }
  function valueOf(element, secrets) {
    var value = element.tagName === "SELECT" ? (element.selectedOptions[0] || {}).textContent || "" : element.value;
    if (!value.trim()) return [word("empty")];
    if (isSecret(element) && !secrets) return [word("secret", { count: value.length })];
    return [word("now"), { lang: langOf(element), words: value.trim(), typed: true }];
  }
  function roleAndState(element, secrets) {
    var type = element.type, tag = element.tagName;
    if (type === "radio") {
      var all = radiosOf(element), place = word("place", { count: all.length, place: all.indexOf(element) + 1 });
      return [word("radio"), word(element.checked ? "on" : "off"), place];
    }
    if (type === "checkbox") return [word("checkbox"), word(element.checked ? "on" : "off")];
    if (tag === "SELECT") return [word("select")].concat(valueOf(element, secrets));
    if (type === "file") return [word("file")];
    if (tag === "TEXTAREA" || (tag === "INPUT" && !/^(submit|button|reset|image)$/.test(type))) return [word("field")].concat(valueOf(element, secrets));
    if (tag === "SUMMARY") return [word("button"), word(element.parentNode.open ? "open" : "closed")];
    if (tag === "A") return [word("link")];
    if (tag === "BUTTON" || tag === "INPUT" || element.getAttribute("role") === "button") return [word("button")].concat(pressedState(element));
    return HEADING.test(tag) ? [word("heading")] : [];
  }
  function pressedState(element) {
    var pressed = element.getAttribute("aria-pressed"), open = element.getAttribute("aria-expanded"), list = [];
    if (pressed) list.push(word(pressed === "true" ? "on" : "off"));
    if (open) list.push(word(open === "true" ? "open" : "closed"));
    if (element.disabled || element.getAttribute("aria-disabled") === "true") list.push(word("disabled"));
    return list;
  }
  function groupOf(element) { return element.closest("fieldset,[role=group],[role=radiogroup],dialog,[role=alertdialog]"); }
  function groupName(group) {
    var legend = group.querySelector("legend"), named = byIds(group, "aria-labelledby");
    if (legend) return textOf(legend);
    if (group.tagName === "DIALOG") named = named.concat(byIds(group, "aria-describedby")); // what is asked, not its title alone
    return named.length ? manyTexts(named) : [{ lang: root.lang, words: group.getAttribute("aria-label") || "" }];
  }

  // Everything about an element where somebody stands: the group it begins, its name, role, state, errors and hints.
  function describe(element, before, secrets) {
    var isKey = element.closest(".keys");
    if (element.hasAttribute("data-key")) return nameOf(element);
    var group = groupOf(element), list = [], notes = byIds(element, "aria-describedby");
    if (group && group !== lastGroup && !(before && group.contains(before)) && !element.closest("legend")) list = list.concat(groupName(group));
    lastGroup = group || lastGroup;
    if (!element.matches(CONTROL) && !element.hasAttribute("role")) return list.concat(textOf(element), roleAndState(element));
    list = list.concat(nameOf(element), isKey ? pressedState(element) : roleAndState(element, secrets));
    if (element.getAttribute("aria-invalid") === "true" || notes.some(isError)) list.push(word("mend"));
    return list.concat(manyTexts(notes.filter(isError)), manyTexts(notes.filter(function (one) { return !isError(one); })));
  }
  function isError(element) { return element.classList.contains("error"); }

  // A part of a page from its beginning to its end, as items: an element and what is said of it.
  function readThrough(scope, secrets) {
    var items = [], run = null, runAt = null;
    function flush() {
      if (run && join(run).replace(/[、\s]/g, "")) items.push({ element: runAt, parts: run });
      run = null;
    }
    function inline(list, element) {
      if (!run) { run = []; runAt = element; }
      list.forEach(function (part) { addText(part.words, part.lang, run); });
    }
    function walk(node, lang) {
      if (node.nodeType === 3) return inline([{ lang: lang, words: node.data.replace(/\s+/g, " ") }], node.parentNode);
      if (node.nodeType !== 1 || isSilent(node)) return;
      if (node.tagName === "LABEL" && node.control && !node.closest("h1,h2,h3,legend")) {
        // A label is said with its control; around one it stands for it.
        return node.contains(node.control) ? walk(node.control, lang) : undefined;
      }
      lang = node.lang || lang;
      if (HEADING.test(node.tagName)) { flush(); items.push({ element: node, parts: textOf(node).concat(node.querySelector("a[href]") ? [word("link")] : [], word("heading")) }); return; }
      if (node.tagName === "A" && node.href) {
        inline(parts(node, lang), node);
        return inline([{ lang: root.lang, words: "、" + word("link").words + "、" }], node);
      }
      if (node.matches(CONTROL)) {
        flush();
        if (node.type !== "hidden") items.push({ element: node, parts: nameOf(node).concat(roleAndState(node, secrets)) });
        return;
      }
      if (node.tagName === "RUBY" || node.hasAttribute("data-read") || node.getAttribute("role") === "img" || node.tagName === "IMG") return inline(parts(node, lang), node);
      var block = BLOCK.test(node.tagName);
      if (block) flush();
      Array.prototype.forEach.call(node.childNodes, function (child) { walk(child, lang); });
      if (block) flush();
    }
    walk(scope, langOf(scope));
    flush();
    return items;
  }
  // What a region tells that is read out whenever it changes; it is passed over in the page itself.
  function liveText(region) {
    return Array.prototype.reduce.call(region.childNodes, function (list, child) { return parts(child, langOf(region), list); }, []);
  }

  window.kioskWords = { word: word, describe: describe, readThrough: readThrough, textOf: textOf, liveText: liveText, roleAndState: roleAndState, isSecret: isSecret, valueOf: valueOf };
})();
