// A shared machine sounds three tones when it asks whether somebody is there, as loud as they set it.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  doc.addEventListener("kiosk:ask", function () {
    var loud = root.getAttribute("data-kiosk-volume") / 10, Sound = window.AudioContext;
    if (!Sound || !loud) return;
    try {
      var sound = new Sound(), gain = sound.createGain();
      gain.connect(sound.destination);
      [0, .35, .7].forEach(function (start, index) {
        var tone = sound.createOscillator();
        tone.frequency.value = [660, 880, 660][index];
        tone.connect(gain);
        tone.start(sound.currentTime + start);
        tone.stop(sound.currentTime + start + .25);
      });
      gain.gain.value = loud * .6;
      setTimeout(function () { sound.close(); }, 1500);
    } catch (error) { /* no sound: the words stand on the screen */ }
  });
})();
