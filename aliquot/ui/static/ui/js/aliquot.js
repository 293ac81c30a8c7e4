// What makes the pages a little nicer; every page works without it.
document.documentElement.classList.add("script");

// The error summary takes the focus, as a person using a screen reader expects after a failed submit.
document.querySelector("[data-focus]")?.focus();

// Menus close when the focus or a click goes elsewhere, or by Escape.
for (const menu of document.querySelectorAll("details[data-menu]")) {
  const close = () => menu.removeAttribute("open");
  document.addEventListener("click", (event) => menu.contains(event.target) || close());
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
}

// "/" finds courses.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector("[data-search]");
  const link = document.querySelector("[data-find]");
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.focus();
  else location.assign(link.href);
});
if (location.hash === "#search") document.querySelector("[data-search]")?.focus();

// Times of day in the reader's own zone.
for (const time of document.querySelectorAll("time[data-clock]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) {
    time.textContent = moment.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
  }
}

// A form goes out once, whatever an impatient thumb does.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A form that meets the sign-in page, because the session was over, is filled in again afterwards:
// in this tab, for the same person, and only if the way led there. Passwords and files are not kept.
const DRAFT = "aliquot:draft";
const place = location.pathname + location.search;
const person = document.body.dataset.person;
const typed = (form) => [...form.elements].filter((each) => each.name && each.matches('textarea, select, input:not([type="hidden"], [type="password"], [type="file"])'));
const isChoice = ({ type }) => type === "checkbox" || type === "radio";

/** What is kept, or nothing where the browser keeps nothing. */
function draft(change) {
  try {
    if (change) sessionStorage.setItem(DRAFT, JSON.stringify(change));
    else if (change === null) sessionStorage.removeItem(DRAFT);
    return JSON.parse(sessionStorage.getItem(DRAFT));
  } catch {
    return null;
  }
}

function fillAgain(form, values) {
  for (const [name, value, checked] of values) {
    const field = typed(form).find((each) => each.name === name && (!isChoice(each) || each.value === value));
    if (!field) continue;
    if (isChoice(field)) field.checked = checked;
    else field.value = value;
  }
  const notice = document.createElement("div");
  notice.className = "notice notice--info";
  notice.setAttribute("role", "status");
  notice.append(document.createElement("p"));
  notice.firstChild.textContent = "You were signed out before this was sent, so nothing was done. What you had typed is here again: check it and send it.";
  form.prepend(notice);
  form.dispatchEvent(new Event("input"));
}

const kept = draft();
if (kept && /\/(login|reauthenticate)\/$/.test(location.pathname)) draft({ ...kept, isOwed: true });
else if (kept && !location.pathname.startsWith("/account/")) {
  draft(null);
  const form = document.forms[kept.form];
  if (kept.isOwed && kept.place === place && kept.person === person && form) fillAgain(form, kept.values);
}
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || target.method !== "post" || !person || !target.closest("main") || "test" in target.dataset) return;
  const values = typed(target).map((each) => [each.name, each.value, each.checked]);
  if (values.length) draft({ place, person, form: [...document.forms].indexOf(target), values });
});

// The contents of a course stand open beside the page where there is room.
const outline = document.querySelector("details[data-outline]");
if (outline && matchMedia("(min-width: 62rem)").matches) outline.open = true;

// A passkey that was refused or forgotten says so in words.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const words of document.querySelectorAll("[data-passkey-error]")) words.hidden = false;
});

// Passwords can be read while typing.
for (const input of document.querySelectorAll('.field input[type="password"]')) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "reveal";
  button.type = "button";
  button.textContent = "Show";
  button.setAttribute("aria-label", "Show the password");
  input.replaceWith(box);
  box.append(input, button);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Hide" : "Show";
    button.setAttribute("aria-label", hidden ? "Hide the password" : "Show the password");
  });
}

// The tab one is at stands in view, also where the row of tabs is wider than a phone.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.clientWidth) / 2;
}
