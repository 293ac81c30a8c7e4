/*
 * The test with script: every answer is saved as it is given, kept on the device until the server
 * has it, and nothing is submitted before that. The page works without this file.
 */
import { SaveQueue } from "../ui/autosave.js";
import { answerOf, isAnswered, showAnswer } from "../ui/question.js";

const TYPING_PAUSE = 700;

const form = document.querySelector("form[data-test]");
const banner = form.querySelector("[data-waiting]");
const fieldsets = [...form.querySelectorAll("[data-question]")];
const fieldsetOf = (name) => fieldsets.find((fieldset) => fieldset.dataset.question === name);
const hidden = (kind, name) => form.elements.namedItem(`${kind}.${name}`);
const isCheck = "check" in form.dataset;
const typing = new Map(); // fields being typed in, with their timers

const queue = new SaveQueue({
  url: form.dataset.save,
  csrf: form.elements.namedItem("csrfmiddlewaretoken").value,
  pass: form.dataset.pass,
  key: form.dataset.test,
  statusElement: document.querySelector("[data-saved]"),
  onStored: stored,
  onConflict: conflict,
  onRefused: refused,
});

function stored(name, reply, payload) {
  unsay(name);
  banner.hidden = true;
  if (isCheck) return queue.pending || location.reload(); // the list shows what is stored
  const fieldset = fieldsetOf(name);
  const hasNewer = typing.has(fieldset) || queue.waiting().some(([each]) => each === name);
  if (hasNewer) return; // this page knows it when it shows it
  hidden("sequence", name).value = reply.sequence;
  hidden("was", name).value = JSON.stringify(payload.answer);
  // It may be what another tab put into the queue. Not shown here, sending the form would clear it.
  if (same(answerOf(fieldset), payload.answer)) return;
  showAnswer(fieldset, payload.answer);
  count();
}

/** Equal answers; those by line in any order of the lines. */
function same(one, other) {
  const written = (answer) => JSON.stringify(Array.isArray(answer) || Object(answer) !== answer ? answer : Object.entries(answer).sort());
  return written(one) === written(other);
}

/** Another device answered meanwhile: both answers are shown, and the person decides. */
function conflict(name, reply, payload) {
  if (isCheck) return location.reload();
  const fieldset = fieldsetOf(name);
  if (!fieldset) return;
  hidden("sequence", name).value = reply.sequence;
  hidden("was", name).value = JSON.stringify(reply.stored.answer);
  showAnswer(fieldset, reply.stored.answer);
  count();
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button--secondary button--small";
  again.textContent = "Use the answer I gave here";
  again.addEventListener("click", () => {
    showAnswer(fieldset, payload.answer);
    save(fieldset);
  });
  say(fieldset, `${reply.message} Kept: ${reply.words || "no answer"}`, again);
}

/** The server will never take this answer: it is no number, or the test is submitted. */
function refused(name, reply) {
  const fieldset = fieldsetOf(name);
  const words = reply.message ?? "This answer was not accepted.";
  if (!fieldset) return warn(words);
  const results = document.createElement("a");
  results.href = form.dataset.results;
  results.textContent = "See what was submitted";
  say(fieldset, `Not saved. ${words}`, ...(/submitted/.test(words) ? [results] : []));
}

/** A notice below one question, announced. */
function say(fieldset, words, ...more) {
  unsay(fieldset.dataset.question);
  const notice = document.createElement("div");
  notice.className = "notice notice--warning";
  notice.dataset.about = fieldset.dataset.question;
  notice.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "notice__body";
  const text = document.createElement("p");
  text.textContent = words;
  body.append(text, ...more);
  notice.append(body);
  fieldset.after(notice);
}

function unsay(name) {
  form.querySelector(`[data-about="${CSS.escape(name)}"]`)?.remove();
}

function warn(words) {
  banner.hidden = false;
  banner.querySelector("[data-waiting-words]").textContent = words;
}

function count() {
  const element = document.querySelector("[data-answered]");
  if (element) element.textContent = `${fieldsets.filter(isAnswered).length} of ${fieldsets.length} answered`;
}

function save(fieldset) {
  count();
  return queue.put(fieldset.dataset.question, { answer: answerOf(fieldset) });
}

for (const field of form.querySelectorAll("[data-sequence]")) queue.known(field.dataset.sequence, field.value);
for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

// What an earlier visit could not send is still what the person answered.
for (const [name, payload] of queue.waiting()) {
  const fieldset = fieldsetOf(name);
  if (fieldset) showAnswer(fieldset, payload.answer);
}
count();

function settle(fieldset) {
  clearTimeout(typing.get(fieldset));
  typing.delete(fieldset);
  save(fieldset);
}

form.addEventListener("change", (event) => {
  const fieldset = event.target.closest("[data-question]");
  if (fieldset) settle(fieldset);
});
form.addEventListener("input", (event) => {
  const fieldset = event.target.closest("[data-kind=numeric]");
  if (!fieldset) return;
  clearTimeout(typing.get(fieldset));
  typing.set(fieldset, setTimeout(() => settle(fieldset), TYPING_PAUSE));
});

// Going on, and submitting, wait until the server has every answer.
form.addEventListener("submit", async (event) => {
  if (!queue.pending) return;
  event.preventDefault();
  if (await queue.flush()) form.requestSubmit(event.submitter);
  else warn(`Not saved yet: ${queue.pending === 1 ? "1 answer is" : `${queue.pending} answers are`} waiting. ${isCheck ? "You can submit" : "You can go on"} as soon as they are saved; this page keeps trying.`);
});
