/*
 * What a question does with script. Importing this module gives every ordering up and down buttons:
 * without script the places are chosen in the selects; with it the lines move, the selects follow,
 * and every move is announced and fires "change", as a person choosing a place would.
 *
 *   answerOf(fieldset)            the answer in the form the server takes
 *   showAnswer(fieldset, answer)  put an answer into the controls
 *   isAnswered(fieldset)          nothing is left open
 *   enhanceWithin(element)        for questions that came into the page later
 *
 * ``fieldset`` is the element with data-question and data-kind of ui/question/question.html.
 */

const ARROWS = { up: "M12 19V5m-7 7 7-7 7 7", down: "M12 5v14m7-7-7 7-7-7" };

/** An arrow as an inline drawing. */
function arrow(direction) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { viewBox: "0 0 24 24", width: 20, height: 20, fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", focusable: "false" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  svg.firstChild.setAttribute("d", ARROWS[direction]);
  return svg;
}

const wordsOf = (row) => row.querySelector("label").textContent.trim();
const selectOf = (row) => row.querySelector("select");

function button(row, direction, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary button--icon";
  made.dataset.move = direction;
  made.setAttribute("aria-label", `Move ${direction}: ${wordsOf(row)}`);
  made.append(arrow(direction));
  made.addEventListener("click", () => act(row, direction, made));
  return made;
}

/** Make one list of lines movable. */
function enhance(list) {
  if (list.dataset.movable || list.querySelector("select:disabled")) return;
  list.dataset.movable = "yes";
  const live = document.createElement("p");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  list.after(live);

  const rows = () => [...list.children];
  let isOwn = false; // a change that the buttons made

  /** The selects say where the lines stand; one of them tells the page that the answer changed. */
  const number = (moved) => {
    rows().forEach((row, index) => (selectOf(row).value = String(index + 1)));
    limit();
    isOwn = true;
    selectOf(moved).dispatchEvent(new Event("change", { bubbles: true }));
    isOwn = false;
  };

  /** The first line cannot go up, the last not down; the buttons stay focusable and say so. */
  const limit = () => {
    rows().forEach((row, index, all) => {
      row.querySelector("[data-move=up]").setAttribute("aria-disabled", String(index === 0));
      row.querySelector("[data-move=down]").setAttribute("aria-disabled", String(index === all.length - 1));
    });
  };

  const move = (row, direction, pressed) => {
    const other = direction === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (direction === "up") other.before(row);
    else other.after(row);
    number(row);
    pressed.focus();
    live.textContent = `${wordsOf(row)}: now place ${rows().indexOf(row) + 1} of ${rows().length}`;
  };

  /** A place chosen in a select moves the line there; the others make room. */
  list.addEventListener("change", (event) => {
    if (isOwn) return;
    const row = event.target.closest("li");
    const place = Number(event.target.value);
    if (!place) return;
    const others = rows().filter((each) => each !== row);
    others.splice(place - 1, 0, row);
    const focused = document.activeElement;
    list.append(...others);
    rows().forEach((each, index) => (selectOf(each).value = String(index + 1)));
    limit();
    focused.focus();
    live.textContent = `${wordsOf(row)}: now place ${place} of ${rows().length}`;
  });

  for (const row of rows()) {
    const buttons = document.createElement("span");
    buttons.className = "pairing__moves";
    buttons.append(button(row, "up", move), button(row, "down", move));
    selectOf(row).before(buttons);
  }
  limit();
  list.addEventListener("aliquot:sorted", limit);
}

/** Give the orderings inside an element their buttons. */
export function enhanceWithin(element) {
  for (const list of element.querySelectorAll("[data-ordering]")) enhance(list);
}

const tokenOf = (select) => select.name.slice(select.name.lastIndexOf(".") + 1);
const inputs = (fieldset) => [...fieldset.querySelectorAll("input")];
const selects = (fieldset) => [...fieldset.querySelectorAll("select")];
const checked = (fieldset) => inputs(fieldset).filter((input) => input.checked).map((input) => input.value);

/** The answer that the controls show, in the server's form. */
export function answerOf(fieldset) {
  switch (fieldset.dataset.kind) {
    case "multiple_response":
      return checked(fieldset).sort();
    case "numeric":
      return inputs(fieldset)[0].value.trim();
    case "matching":
    case "ordering":
      return Object.fromEntries(selects(fieldset).filter((select) => select.value).map((select) => [tokenOf(select), select.value]));
    default:
      return checked(fieldset)[0] ?? "";
  }
}

/** Put an answer into the controls. */
export function showAnswer(fieldset, answer) {
  if (fieldset.dataset.kind === "numeric") inputs(fieldset)[0].value = answer;
  for (const select of selects(fieldset)) select.value = answer[tokenOf(select)] ?? "";
  if (fieldset.dataset.kind === "numeric" || selects(fieldset).length) return sortLines(fieldset);
  const chosen = [answer].flat();
  for (const input of inputs(fieldset)) input.checked = chosen.includes(input.value);
}

/** The lines of an ordering stand where their places say. */
function sortLines(fieldset) {
  const list = fieldset.querySelector("[data-ordering]");
  if (!list) return;
  const place = (row) => Number(selectOf(row).value) || Infinity;
  list.append(...[...list.children].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))));
  list.dispatchEvent(new Event("aliquot:sorted"));
}

/** Nothing is left open: no empty field, no place given twice. */
export function isAnswered(fieldset) {
  const values = selects(fieldset).map((select) => select.value);
  if (fieldset.dataset.kind === "ordering") return new Set(values).size === values.length && values.every(Boolean);
  return values.length ? values.every(Boolean) : answerOf(fieldset).length > 0;
}

enhanceWithin(document);
