// What the server says of a form while it is filled in: after a pause it is asked as by the button, and what is wrong with
// a field that somebody has been at stands at that field. The page says the same without this, when the button is pressed.
(function () {
  "use strict";
  var form = document.querySelector("form[data-check]");
  var said = document.getElementById("check-said");
  if (!form || !said || !window.fetch || !window.DOMParser || !window.URLSearchParams) { return; }
  var been = {}, timer = 0, asked = 0;
  function tell(field, input, fault) {
    var told = document.getElementById(input.id + "-err"), hint = document.getElementById(input.id + "-hint");
    if (!fault) {
      if (told) { told.parentNode.removeChild(told); }
      field.classList.remove("wrong");
      input.removeAttribute("aria-invalid");
      if (hint) { input.setAttribute("aria-describedby", hint.id); } else { input.removeAttribute("aria-describedby"); }
      return;
    }
    if (!told) {
      told = document.createElement("p");
      told.className = "err";
      told.id = input.id + "-err";
      field.insertBefore(told, input);
    }
    if (told.textContent !== fault) { told.textContent = fault; }
    field.classList.add("wrong");
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", told.id);
  }
  function show(page) {
    // An answer that is no such form, as of a window that is full, says nothing of the fields.
    if (!page.querySelector("form[data-check]")) { return; }
    form.querySelectorAll(".field").forEach(function (field) {
      var input = field.querySelector("input[id], select[id]");
      var fault = input && been[input.id] && page.getElementById(input.id + "-err");
      if (input && been[input.id]) { tell(field, input, fault ? fault.textContent : ""); }
    });
    var sum = page.querySelector(".errors h2, .say.ok");
    if (sum && said.textContent !== sum.textContent) { said.textContent = sum.textContent; }
  }
  function ask() {
    var body = new URLSearchParams(new FormData(form)), mine = asked += 1;
    body.set("do", "check");
    fetch(form.action, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      return answer.text();
    }).then(function (text) {
      if (mine === asked) { show(new DOMParser().parseFromString(text, "text/html")); }
    }, function () {});
  }
  form.addEventListener("input", function (event) {
    been[event.target.id] = true;
    clearTimeout(timer);
    timer = setTimeout(ask, 500);
  });
}());
