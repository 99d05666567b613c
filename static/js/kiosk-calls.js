// The staff's list of machines: a call that nobody answers shows in the tab's name, and sounds where somebody asked for it. class.js
// asks for the list; "polled" on it says that it is new, "replaced" that another page came: the sign-in is over. How many wait stands
// in data-calls.
(function () {
  "use strict";
  var doc = document, box = doc.getElementById("kiosks"), wish = doc.querySelector("[data-sound-of=kiosks]");
  if (!box || !wish) return;
  var button = wish.querySelector("button"), title = doc.title, sound = null, over = 0, AGAIN = 20000, Sound = window.AudioContext;

  // What is polled takes the place of the list's content; its own attributes are read from the fresh one by class.js.
  function waiting() { return +(box.getAttribute("data-calls") || 0); }
  function show() { doc.title = waiting() ? "(" + waiting() + ") " + box.getAttribute("data-calling") + " | " + title : title; }
  function ring() {
    if (!sound || !(over ? over-- : waiting())) return;
    [0, 0.4, 0.8].forEach(function (start, index) {
      var tone = sound.createOscillator(), gain = sound.createGain();
      gain.gain.value = 0.4;
      tone.frequency.value = [784, 988, 784][index];
      tone.connect(gain);
      gain.connect(sound.destination);
      tone.start(sound.currentTime + start);
      tone.stop(sound.currentTime + start + 0.3);
    });
  }

  // A browser lets a page sound only after somebody pressed something on it: the button is that, and can be pressed again for none.
  wish.hidden = false;
  button.hidden = !Sound;
  button.addEventListener("click", function () {
    if (sound) { sound.close(); sound = null; } else sound = new Sound();
    button.setAttribute("aria-pressed", String(!!sound));
    ring();
  });
  var before = waiting();
  box.addEventListener("polled", function () {
    var now = waiting();
    show();
    if (now > before) ring();
    before = now;
  });
  // Nobody would hear of a call any more: that is said, and sounds a few times.
  box.addEventListener("replaced", function (event) {
    var line = wish.querySelector("[data-over]");
    event.preventDefault();
    title = line.getAttribute("data-over") + " | " + title;
    line.hidden = false;
    box.setAttribute("data-calls", "0");
    over = 3;
    show();
    ring();
  });
  setInterval(ring, AGAIN);
  show();
})();
