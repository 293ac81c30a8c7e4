/*
 * Up and down buttons for questions that ask for an order. Without script the places are chosen in
 * the selects; with it the lines move, the selects follow, and every move is announced.
 * Any change of a place fires "change" on a select, as a person choosing it would.
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
  if (list.querySelector("select:disabled")) return;
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
}

for (const list of document.querySelectorAll("[data-ordering]")) enhance(list);
document.addEventListener("aliquot:question", (event) => {
  for (const list of event.target.querySelectorAll("[data-ordering]")) enhance(list);
});
