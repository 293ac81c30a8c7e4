/*
 * The player with script: keeps the place while reading, checks questions without leaving the page,
 * opens figures large and explains terms where they stand. Everything works without it, too.
 */
import { SaveQueue } from "../ui/autosave.js";
import { answerOf, enhanceWithin, isAnswered, showAnswer } from "../ui/question.js";

const SETTLED = 1200; // ms without movement until a place is saved
const PATIENCE = 4000; // ms to wait for saves that an earlier visit left behind

const article = document.querySelector("[data-player]");
const header = document.querySelector(".masthead--player");
const { page, save, key, csrf, pass, stored } = article.dataset;

// --- the place ------------------------------------------------------------------------------------

const moved = document.querySelector("[data-moved]");
let isHere = false; // this visit has saved a place
let isFrozen = false; // another device read on: nothing is saved until the reader has chosen
let isLeaving = false;
let last = stored;
let timer = 0;

/** The block at the top of the window; "" at the very top of the page. */
function anchorHere() {
  if (scrollY < 40) return "";
  const top = header.getBoundingClientRect().bottom + 16;
  const block = [...article.children].find((each) => each.id && each.getBoundingClientRect().bottom > top);
  return block?.id ?? "";
}

function keepPlace() {
  clearTimeout(timer);
  const anchor = anchorHere();
  if (isFrozen || isLeaving || last === `${page}#${anchor}`) return;
  last = `${page}#${anchor}`;
  isHere = true;
  queue.put("bookmark", { page, anchor });
}

function showMoved(title, words, url) {
  moved.querySelector("[data-moved-title]").textContent = title;
  moved.querySelector("[data-moved-words]").textContent = words;
  moved.querySelector("[data-moved-go]").href = url;
  moved.hidden = false;
}

const clock = (moment) => new Date(moment).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });

moved.querySelector("[data-moved-stay]").addEventListener("click", () => {
  moved.hidden = true;
  isFrozen = false;
  last = "";
  keepPlace();
});
moved.querySelector("[data-moved-go]").addEventListener("click", () => (isLeaving = true));

// Without a network the browser would put its own page in the place of this one.
const noNetwork = document.querySelector("[data-no-network]");
document.querySelector("[data-turn]").addEventListener("submit", (event) => {
  if (navigator.onLine) return void (isLeaving = true);
  event.preventDefault();
  noNetwork.textContent = "There is no network. This page stays open, and your answers are kept on this device: go on when you are back online.";
});
addEventListener("online", () => (noNetwork.textContent = ""));

// Before the queue's own listener: what is put here leaves with the page.
addEventListener("pagehide", () => isHere && keepPlace());
addEventListener("pageshow", () => (isLeaving = false));

// --- the queue ------------------------------------------------------------------------------------

const queue = new SaveQueue({
  url: save,
  csrf,
  pass,
  key,
  statusElement: document.querySelector("[data-saved]"),
  isAnswer: (name) => name !== "bookmark",
  onStored(name, reply, payload) {
    if (name !== "bookmark") showReply(name, reply);
    else if (payload.page !== page) showMoved("A place on this device was not saved before", `It is saved now: “${reply.title}”.`, reply.url);
  },
  onConflict(name, reply) {
    if (name !== "bookmark") return showReply(name, reply);
    if (!isHere) return; // left behind by an earlier visit, and overtaken since
    isFrozen = true;
    showMoved("You read on somewhere else", `Your newest place is “${reply.title}”, saved ${clock(reply.saved_at)}.`, reply.url);
  },
  onRefused(name, reply) {
    const form = formOf(name);
    if (form) complain(form, reply.message ?? "This answer could not be saved.");
  },
});
queue.known("bookmark", article.dataset.sequence);

// --- questions ------------------------------------------------------------------------------------

const nameOf = (form) => `answer:${form.dataset.ask}`;
const formOf = (name) => article.querySelector(`[data-ask="${CSS.escape(name.slice("answer:".length))}"]`);

function complain(form, words) {
  const place = form.querySelector("[data-ask-error]");
  place.textContent = words;
  place.hidden = false;
  form.querySelector("[data-ask-waiting]").hidden = true;
}

/** Put the question with its feedback in the place of the one just answered. */
function showReply(name, reply) {
  const form = formOf(name);
  if (!form || !reply.html) return;
  const made = document.createElement("template");
  made.innerHTML = reply.html;
  const fresh = made.content.querySelector("form");
  const hadFocus = form.contains(document.activeElement);
  form.replaceWith(fresh);
  queue.known(name, reply.sequence);
  enhanceWithin(fresh);
  const feedback = fresh.querySelector(".feedback");
  if (!feedback || !hadFocus) return;
  feedback.tabIndex = -1;
  feedback.focus({ preventScroll: true });
  feedback.scrollIntoView({ block: "nearest" });
}

article.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-ask]");
  if (!form) return;
  event.preventDefault();
  const fieldset = form.querySelector("[data-question]");
  if (!isAnswered(fieldset)) return complain(form, "Answer the question, then check.");
  form.querySelector("[data-ask-error]").hidden = true;
  queue.put(nameOf(form), { answer: answerOf(fieldset) });
  setTimeout(() => form.isConnected && queue.pending && (form.querySelector("[data-ask-waiting]").hidden = false), 600);
});

for (const form of article.querySelectorAll("[data-ask]")) queue.known(nameOf(form), form.dataset.sequence);
for (const [name, payload] of queue.waiting()) {
  const form = name !== "bookmark" && formOf(name);
  const fieldset = form && form.querySelector("[data-question]");
  if (!fieldset || fieldset.querySelector(":disabled")) continue;
  showAnswer(fieldset, payload.answer);
  form.querySelector("[data-ask-waiting]").hidden = false;
}

// --- from here on, the place is kept ----------------------------------------------------------------

const wait = (time) => new Promise((done) => setTimeout(done, time));

async function watch() {
  await Promise.race([queue.flush(), wait(PATIENCE)]); // what an earlier visit left behind goes first
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => document.visibilityState === "visible" && keepPlace(), SETTLED);
  };
  const top = Math.round(header.getBoundingClientRect().bottom + 16);
  const observer = new IntersectionObserver(settle, { rootMargin: `-${top}px 0px 0px 0px` });
  for (const block of article.children) observer.observe(block);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return void (isHere && keepPlace());
    last = ""; // back from elsewhere: ask whether another device read on
    settle();
  });
  settle();
}

/** To the exact place, also when a figure or a font arrived late. */
function restore() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && article.contains(target)) target.scrollIntoView();
}

if (document.readyState === "complete") restore();
else addEventListener("load", restore);
watch();

// --- the size of the text ---------------------------------------------------------------------------

const sizes = document.querySelector("[data-text-size]");
sizes.hidden = false;
sizes.addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (!chosen) return;
  const here = anchorHere();
  article.dataset.text = chosen.value;
  for (const each of sizes.children) each.setAttribute("aria-pressed", String(each === chosen));
  if (here) document.getElementById(here).scrollIntoView();
  const [ours, safe] = location.protocol === "https:" ? ["__Host-", "; secure"] : ["", ""];
  document.cookie = `${ours}text=${chosen.value}; path=/; max-age=31536000; samesite=lax${safe}`;
});

// --- figures --------------------------------------------------------------------------------------

const LEVELS = [0.5, 0.75, 1, 1.5, 2, 3, 4, 6];

function labeled(label, text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary button--small";
  made.setAttribute("aria-label", label);
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** A figure in a dialog: + and - zoom, 0 fits, arrows scroll, Escape closes. */
function openFigure(link) {
  const dialog = document.createElement("dialog");
  dialog.className = "zoom";
  dialog.setAttribute("aria-label", link.dataset.zoom);
  const image = link.querySelector("img").cloneNode();
  image.removeAttribute("loading");
  const area = document.createElement("div");
  area.className = "zoom__area";
  area.tabIndex = 0;
  area.setAttribute("role", "region");
  area.setAttribute("aria-label", "The figure; arrow keys move it");
  area.append(image);
  const level = document.createElement("span");
  level.className = "zoom__level";
  level.setAttribute("role", "status");
  let fit = 0;
  let step = LEVELS.indexOf(1);
  const zoom = (to) => {
    step = Math.max(0, Math.min(LEVELS.length - 1, to));
    const x = (area.scrollLeft + area.clientWidth / 2) / area.scrollWidth;
    const y = (area.scrollTop + area.clientHeight / 2) / area.scrollHeight;
    image.width = Math.round(fit * LEVELS[step]);
    image.removeAttribute("height");
    area.scrollTo(x * area.scrollWidth - area.clientWidth / 2, y * area.scrollHeight - area.clientHeight / 2);
    level.textContent = `${LEVELS[step] * 100}%`;
  };
  const title = document.createElement("span");
  title.className = "zoom__title";
  title.textContent = link.dataset.zoom;
  const bar = document.createElement("div");
  bar.className = "zoom__bar";
  bar.append(title, labeled("Smaller", "−", () => zoom(step - 1)), level, labeled("Larger", "+", () => zoom(step + 1)), labeled("Close the figure", "Close", () => dialog.close()));
  dialog.append(bar, area);
  dialog.addEventListener("keydown", (event) => {
    const act = { "+": () => zoom(step + 1), "=": () => zoom(step + 1), "-": () => zoom(step - 1), 0: () => zoom(LEVELS.indexOf(1)) }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  const ratio = link.querySelector("img").naturalWidth / link.querySelector("img").naturalHeight || 1.5;
  fit = Math.min(area.clientWidth, area.clientHeight * ratio);
  zoom(LEVELS.indexOf(1));
  area.focus();
}

article.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openFigure(link);
});

// --- terms ----------------------------------------------------------------------------------------

let noteCount = 0;

function closeNote(link) {
  link.setAttribute("aria-expanded", "false");
  document.getElementById(link.getAttribute("aria-controls"))?.remove();
}

function openNote(link, definition) {
  const note = document.createElement("span");
  note.className = "term-note";
  note.id = `term-note-${(noteCount += 1)}`;
  note.setAttribute("role", "note");
  note.textContent = definition.textContent;
  link.setAttribute("aria-controls", note.id);
  link.setAttribute("aria-expanded", "true");
  link.after(note);
}

for (const link of article.querySelectorAll("a.term")) {
  const definition = document.getElementById(link.hash.slice(1))?.querySelector("dd");
  if (!definition) continue;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  const toggle = () => (link.getAttribute("aria-expanded") === "true" ? closeNote(link) : openNote(link, definition));
  link.addEventListener("click", (event) => {
    event.preventDefault();
    toggle();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      toggle();
    } else if (event.key === "Escape") closeNote(link);
  });
}
