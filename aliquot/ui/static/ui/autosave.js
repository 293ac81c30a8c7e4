/*
 * A queue of saves that survives a poor network, a reload and a second tab.
 *
 *   import { SaveQueue } from "./autosave.js";
 *   const queue = new SaveQueue({
 *     url,            // POST address
 *     csrf,           // the page's CSRF token
 *     pass,           // the page's save pass: spares the server looking up who this is; may be ""
 *     key,            // names the queue on this device, e.g. "attempt-17"
 *     statusElement,  // shows "Saved 10:42 AM" or "Not saved yet, 2 answers waiting" (may be null)
 *     isAnswer,       // (name) => true if a waiting save counts as an answer; default: all do
 *     onStored,       // (name, reply, payload): the server holds it
 *     onConflict,     // (name, reply, payload): another device was there first; nothing was overwritten
 *     onRefused,      // (name, reply, payload): the server will never take it (e.g. already submitted)
 *   });
 *   queue.known("white-cells", 4);                // the server's sequence that this page was made with
 *   queue.put("white-cells", { answer: "a1b2" }); // kept on the device at once, sent soon
 *   await queue.flush();                          // true: nothing is waiting any more
 *   queue.pending                                 // how many saves wait
 *   queue.waiting()                               // [[name, payload], …]: left by an earlier visit too
 *
 * On the wire: POST {"name", "sequence", …payload}. `sequence` is the server's number that the page
 * knew when the person acted: the server refuses to overwrite anything newer.
 *   200 {"sequence": 5, "saved_at": "2026-11-23T15:42:00Z"}   stored
 *   409 {"sequence": 7, "stored": {"answer": …}}   something newer is stored; dropped here, onConflict
 *                                   tells the person (unless it is what this page sent and never heard back)
 *   400 404 410 422 {"message": …}  refused for good; dropped here, onRefused tells the person
 *   401 403 or a redirect           signed out: kept; the page asks to sign in and reload
 *   anything else, or no answer     kept, tried again after 1, 2, 4 … 30 s and when back online
 * The newest payload of a name replaces the one waiting. Sending twice is harmless: the server
 * answers an equal payload as stored.
 */

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const REFUSED = [400, 404, 410, 422];
const SIGNED_OUT = [401, 403];
const nothing = () => {};

/** Equal payloads give equal text, whatever the order of their keys. */
const written = (payload) =>
  JSON.stringify(payload, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value);

/**
 * What waits, in localStorage, or in memory where that is switched off or full. Tabs write at the
 * same moment and see each other late, so every save has a key of its own: no tab can take away
 * what another has just put.
 */
class Shelf {
  #memory = new Map();

  constructor(key) {
    this.prefix = `aliquot:${key}:`;
  }

  /** The newest entry of each name. */
  read() {
    const newest = Object.create(null);
    for (const entry of this.#all()) if (!(newest[entry.name]?.id > entry.id)) newest[entry.name] = entry;
    return newest;
  }

  keep(entry) {
    try {
      localStorage.setItem(this.prefix + entry.id, JSON.stringify(entry));
    } catch {
      this.#memory.set(entry.id, entry); // in memory only: leaving the page warns
    }
  }

  /** Forget an entry and what the same name had before it. */
  drop({ name, id }) {
    for (const entry of this.#all()) {
      if (entry.name !== name || entry.id > id) continue;
      this.#memory.delete(entry.id);
      try {
        localStorage.removeItem(this.prefix + entry.id);
      } catch {
        // Nothing was there.
      }
    }
  }

  #all() {
    const found = [...this.#memory.values()];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.prefix)) found.push(JSON.parse(localStorage.getItem(key)));
      }
    } catch {
      // Switched off: memory is all there is.
    }
    return found.filter(Boolean);
  }
}

/** Greater than every id before it on this device, also when the clock was put back. */
let acts = 0;
function nextId(before = "") {
  const now = Math.max(Date.now(), Number(before.split("-")[0]) + 1);
  return `${now}-${String((acts += 1)).padStart(6, "0")}-${Math.random()}`;
}

export class SaveQueue {
  #shelf;
  #sequences = new Map();
  #given = new Map(); // all that this page put, by name: stored by another tab, it is still our own
  #failures = 0;
  #timer = 0;
  #running = null;
  #isSignedOut = false;

  constructor({ url, csrf, pass = "", key, statusElement = null, isAnswer = () => true, onStored = nothing, onConflict = nothing, onRefused = nothing }) {
    Object.assign(this, { url, csrf, pass, key, statusElement, isAnswer, onStored, onConflict, onRefused });
    this.#shelf = new Shelf(key);
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.#show());
    addEventListener("pagehide", () => this.#sendLast());
    addEventListener("beforeunload", (event) => {
      if (this.pending && this.isStuck) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => this.flush());
    addEventListener("pageshow", (event) => event.persisted && this.flush());
    if (this.pending) queueMicrotask(() => this.flush());
  }

  /** How many saves wait. */
  get pending() {
    return Object.keys(this.#shelf.read()).length;
  }

  /** Saves wait and cannot be sent right now. */
  get isStuck() {
    return this.#failures > 0 || this.#isSignedOut || navigator.onLine === false;
  }

  /** The waiting saves as [name, payload], so that the page can show what they hold. */
  waiting() {
    return Object.entries(this.#shelf.read()).map(([name, entry]) => [name, entry.payload]);
  }

  /** The server's sequence of what this page shows under a name. */
  known(name, sequence) {
    this.#sequences.set(name, Number(sequence) || 0);
  }

  /** Keep a save on this device at once and send it soon. */
  put(name, payload) {
    const before = this.#shelf.read()[name];
    const sequence = before?.sequence ?? this.#sequences.get(name) ?? 0;
    const given = this.#given.get(name) ?? new Set();
    // May have arrived although no answer came back, or through another tab.
    const tried = [...new Set([...(before ? [...before.tried, written(before.payload)] : []), ...given])];
    this.#given.set(name, given.add(written(payload)));
    const entry = { name, payload, sequence, tried, id: nextId(before?.id) };
    this.#shelf.keep(entry);
    if (before) this.#shelf.drop(before);
    return this.flush();
  }

  /** Send all that waits. Resolves to true when nothing waits any more. */
  flush() {
    clearTimeout(this.#timer);
    this.#running ??= this.#locked(() => this.#sendAll()).finally(() => {
      this.#running = null;
      this.#show();
      if (this.pending && !this.isStuck) this.flush(); // put in the last instant
    });
    return this.#running;
  }

  /** One tab at a time where the browser can tell tabs apart. */
  #locked(work) {
    return navigator.locks ? navigator.locks.request(`aliquot:${this.key}`, work) : work();
  }

  async #sendAll() {
    const skipped = new Set(); // one save the server stumbles over does not hold up the others
    for (;;) {
      const [name, entry] = Object.entries(this.#shelf.read()).find(([each]) => !skipped.has(each)) ?? [];
      if (!entry) return skipped.size === 0 || this.#tryLater();
      this.#change(name, entry, (kept) => (kept.tried = [...new Set([...kept.tried, written(entry.payload)])]));
      const [outcome, reply, wait] = await this.#send(name, entry);
      if (outcome === "signed-out") {
        this.#isSignedOut = true;
        return false;
      }
      if (outcome === "later" && !reply) return this.#tryLater();
      if (outcome === "later" && wait) return this.#tryLater(wait);
      if (outcome === "later") skipped.add(name);
      else this.#settle(name, entry, outcome, reply);
    }
  }

  /** Change an entry on the shelf, if it is still the newest of its name. */
  #change(name, entry, work) {
    const kept = this.#shelf.read()[name];
    if (kept?.id !== entry.id) return;
    work(kept);
    this.#shelf.keep(kept);
  }

  async #send(name, entry) {
    let response;
    try {
      response = await fetch(this.url, this.#request(name, entry));
    } catch {
      return ["later"];
    }
    if (response.type === "opaqueredirect" || SIGNED_OUT.includes(response.status)) return ["signed-out"];
    let reply;
    try {
      reply = await response.json();
    } catch {
      reply = {};
    }
    if (response.ok && "sequence" in reply) return ["stored", reply];
    if (response.status === 409 && "sequence" in reply) return ["conflict", reply];
    if (REFUSED.includes(response.status)) return ["refused", reply];
    return ["later", reply, Number(response.headers.get("Retry-After")) * 1000];
  }

  #request(name, entry) {
    return {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual", // a redirect leads to the sign-in page: that is not "saved"
      keepalive: true, // a save under way outlives the page
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf, Accept: "application/json", ...(this.pass && { "X-Save-Pass": this.pass }) },
      body: JSON.stringify({ ...entry.payload, name, sequence: entry.sequence }),
    };
  }

  #settle(name, entry, outcome, reply) {
    this.#failures = 0;
    this.#isSignedOut = false;
    const kept = this.#shelf.read()[name];
    const isOwn = outcome === "conflict" && entry.tried.includes(written(reply.stored));
    if (kept?.id !== entry.id || !isOwn) this.#shelf.drop(entry);
    if (kept && (kept.id !== entry.id || isOwn) && (isOwn || outcome === "stored")) {
      this.#shelf.keep({ ...kept, sequence: reply.sequence });
    }
    if ("sequence" in reply) this.known(name, reply.sequence);
    if (isOwn) return;
    if (outcome === "stored") {
      this.savedAt = reply.saved_at ? new Date(reply.saved_at) : new Date();
      this.onStored(name, reply, entry.payload);
    } else if (outcome === "conflict") this.onConflict(name, reply, entry.payload);
    else this.onRefused(name, reply, entry.payload);
    this.#show();
  }

  #tryLater(wait) {
    const backOff = Math.min(FIRST_WAIT * 2 ** this.#failures, LONGEST_WAIT) * (0.75 + Math.random() / 2);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.flush(), Math.max(backOff, wait || 0));
    return false;
  }

  /** The page goes away: send without waiting. What arrives twice is stored once. */
  #sendLast() {
    for (const [name, entry] of Object.entries(this.#shelf.read())) {
      fetch(this.url, this.#request(name, entry)).catch(nothing);
    }
  }

  #show() {
    const element = this.statusElement;
    if (!element) return;
    const state = this.#isSignedOut ? "signed-out" : this.pending ? "waiting" : "saved";
    const words = this.#words(state);
    if (!words) return;
    // Announced when it begins or ends, not with every save.
    element.setAttribute("aria-live", state === (element.dataset.state ?? "saved") ? "off" : "polite");
    element.dataset.state = state;
    (element.querySelector("[data-saved-words]") ?? element).textContent = words;
    element.hidden = false;
  }

  #words(state) {
    if (state === "saved") {
      const clock = this.savedAt?.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" });
      return clock && `Saved ${clock}`;
    }
    const count = this.waiting().filter(([name]) => this.isAnswer(name)).length;
    const what = count === 0 ? "your place is waiting" : count === 1 ? "1 answer waiting" : `${count} answers waiting`;
    return state === "signed-out"
      ? `Not saved yet, ${what}. Sign in again in a new tab, then reload this page.`
      : `Not saved yet, ${what}`;
  }
}
