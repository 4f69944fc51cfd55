// Figures that move: whatever the server tells takes the place of the element that bears its name. The page says the
// same without this, on its next visit.
(function () {
  "use strict";
  var root = document.querySelector("[data-live]");
  if (!root || !window.EventSource) { return; }
  var source = new EventSource(root.getAttribute("data-live"));
  var said = document.getElementById("live-said");
  var told = 0;
  source.onmessage = function (event) {
    var figures = JSON.parse(event.data);
    var moved = false;
    Object.keys(figures).forEach(function (name) {
      document.querySelectorAll('[data-fig="' + name + '"]').forEach(function (place) {
        if (place.textContent !== figures[name]) { place.textContent = figures[name]; moved = true; }
      });
    });
    // Said aloud at most twice a minute, so that it does not drown what is being read.
    if (moved && said && Date.now() - told > 30000) { said.textContent = figures.said || ""; told = Date.now(); }
  };
  window.addEventListener("pagehide", function () { source.close(); });
}());
