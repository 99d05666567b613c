// The voice of a shared machine: speaks a queue of passages with sound from the server, fetched one ahead, and stops at once.
// Nothing is stored: sounds of the page's short words stay in memory while the page is open.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement, shapes = doc.getElementById("kiosk-voice"), synth = window.speechSynthesis;
  if (!shapes || !window.AudioContext || !window.fetch) return;
  var address = shapes.getAttribute("data-speech");
  var LONGEST = 60, MOST_LETTERS = 390, SHORT = 24, MOST_KEPT = 80, TRIES = 8;
  var context = null, gain = null, source = null, queue = [], ahead = null, run = 0, paused = false, speaking = false;
  var kept = {}, keptOrder = [], asked = 0, delays = [], mute = {}, watchdog = 0;

  function volume() {
    var set = parseInt(root.getAttribute("data-kiosk-volume"), 10);
    // Whoever can only listen must not be able to turn the voice off by turning it down.
    return Math.pow(Math.max(1, isNaN(set) ? 5 : set) / 10, 1.5);
  }
  function speed() { return root.getAttribute("data-kiosk-speed") || "normal"; }
  function ready() {
    if (!context) {
      context = new window.AudioContext();
      gain = context.createGain();
      gain.connect(context.destination);
    }
    gain.gain.value = volume();
    if (context.state === "suspended" && !paused) context.resume();
  }
  function tell(name, detail) { doc.dispatchEvent(new CustomEvent(name, { detail: detail })); }

  // ---- Passages: one sentence each, long ones cut where a voice pauses, so that the first sound comes soon.
  function cut(part) {
    var found = [];
    (part.words.replace(/\s+/g, " ").match(/[^。！？!?]+[。！？!?]*/g) || []).forEach(function (sentence) {
      (sentence.length > LONGEST ? sentence.match(/[^、,]+[、,]*/g) || [] : [sentence]).reduce(function (open, piece, at, all) {
        var joined = open + piece;
        if (joined.length < LONGEST / 2 && at < all.length - 1) return joined;
        while (joined.length > MOST_LETTERS) { found.push(joined.slice(0, MOST_LETTERS)); joined = joined.slice(MOST_LETTERS); }
        found.push(joined);
        return "";
      }, "");
    });
    return found.filter(function (words) { return words.replace(/[、。\s]/g, ""); }).map(function (words) {
      return { lang: part.lang, words: words.trim().replace(/^、+|、+$/g, "") || words, element: part.element, typed: part.typed };
    });
  }
  function cutAll(list) { return list.reduce(function (all, part) { return all.concat(part.words === " " ? [part] : cut(part)); }, []); }

  // ---- Sound
  function nameOf(part) { return part.lang + "|" + speed() + "|" + part.words; }
  function keep(name, sound) {
    kept[name] = sound;
    keptOrder.push(name);
    if (keptOrder.length > MOST_KEPT) delete kept[keptOrder.shift()];
  }
  function ask(part, tries) {
    var body = new URLSearchParams({ text: part.words, lang: part.lang.slice(0, 2) === "ja" ? "ja" : "en", speed: speed() });
    return fetch(address, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 503 && tries > 0) {
        return new Promise(function (then) {
          setTimeout(function () { then(ask(part, tries - 1)); }, 1000 * (parseInt(answer.headers.get("Retry-After"), 10) || 1));
        });
      }
      if (answer.status === 501) { mute[part.lang] = true; return null; }
      return answer.ok ? answer.arrayBuffer().then(function (bytes) { return context.decodeAudioData(bytes); }) : null;
    }).catch(function () { return null; });
  }
  function soundOf(part) {
    var name = nameOf(part);
    if (mute[part.lang]) return Promise.resolve(null);
    if (!kept[name]) {
      var sound = ask(part, TRIES);
      if (part.words.length > SHORT || part.typed) return sound;
      keep(name, sound);
    }
    return kept[name];
  }

  // ---- The queue
  function next(mine) {
    if (mine !== run) return;
    var part = queue.shift();
    if (!part) { speaking = false; tell("kiosk:quiet", {}); return; }
    var coming = ahead && ahead.part === part ? ahead.sound : soundOf(part);
    coming.then(function (sound) {
      if (mine !== run) return;
      ahead = queue[0] ? { part: queue[0], sound: soundOf(queue[0]) } : null;
      if (sound) return play(part, sound, mine);
      if (!speakByDevice(part, mine)) next(mine);
    });
  }
  function play(part, sound, mine) {
    var ended = false;
    function on() { if (!ended) { ended = true; clearTimeout(watchdog); next(mine); } }
    source = context.createBufferSource();
    source.buffer = sound;
    source.connect(gain);
    source.onended = on;
    source.start();
    begun(part);
  }
  function begun(part) {
    if (asked) { delays.push(performance.now() - asked); asked = 0; }
    tell("kiosk:spoken", part);
  }
  // Where the server has no voice for a language, a voice of the machine itself may have.
  function speakByDevice(part, mine) {
    var fits = synth && synth.getVoices().some(function (voice) { return voice.lang.slice(0, 2) === part.lang.slice(0, 2); });
    if (!fits) { tell("kiosk:unspoken", part); return false; }
    var speech = new SpeechSynthesisUtterance(part.words);
    speech.lang = part.lang;
    speech.volume = volume();
    speech.onend = speech.onerror = function () { next(mine); };
    synth.speak(speech);
    begun(part);
    return true;
  }
  function silence() {
    run += 1;
    queue = []; ahead = null; speaking = false;
    if (source) { source.onended = null; try { source.stop(); } catch (error) { /* it had not begun */ } source = null; }
    if (synth) synth.cancel();
  }
  function say(list, from) {
    silence();
    paused = false;
    ready();
    asked = from || performance.now();
    queue = cutAll(list);
    speaking = queue.length > 0;
    next(run);
  }
  function add(list) {
    if (!speaking) return say(list);
    queue = queue.concat(cutAll(list));
  }
  // Short words that may come next, one after the other, so that what is being spoken never waits for them.
  function prefetch(list) {
    var mine = run;
    ready();
    cutAll(list).filter(function (part) { return part.words.length <= SHORT && !part.typed; }).reduce(function (chain, part) {
      return chain.then(function () { return mine === run ? soundOf(part) : null; });
    }, Promise.resolve());
  }
  function pause() {
    if (!context) return false;
    paused = !paused;
    if (paused) { context.suspend(); if (synth) synth.pause(); } else { context.resume(); if (synth) synth.resume(); }
    return paused;
  }
  window.addEventListener("pagehide", silence);
  // The page's own buttons for reading aloud speak with this voice, too.
  if (root.getAttribute("data-kiosk-aloud") === "off" && doc.getElementById("aloud-buttons")) {
    window.addEventListener("load", function () {
      var script = doc.createElement("script");
      script.src = doc.getElementById("aloud-buttons").getAttribute("data-program");
      doc.head.appendChild(script);
    });
  }

  // For read-aloud.js: one passage, then what comes after it; the one after that is fetched meanwhile.
  var after = null;
  doc.addEventListener("kiosk:quiet", function () { var then = after; after = null; if (then) then(); });
  var way = {
    speak: function (part, then, following) {
      say([part]);
      after = then;
      if (following) cut(following).slice(0, 1).forEach(function (first) { keep(nameOf(first), ask(first, TRIES)); });
    },
    stop: function () { after = null; silence(); }
  };

  window.kioskVoice = {
    way: way,
    say: say, add: add, stop: silence, pause: pause, delays: delays,
    prefetch: prefetch,
    refresh: function () { if (gain) gain.gain.value = volume(); },
    isSpeaking: function () { return speaking; }, isPaused: function () { return paused; }
  };
})();
