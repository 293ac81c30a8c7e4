// What is typed at the body can be copied with one press; without script it is text to select.
const icon = document.getElementById("copy-icon");
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.querySelector("main").append(said);

for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  const hint = document.createElement("span");
  const label = document.createElement("span");
  button.type = "button";
  button.className = "copy";
  hint.className = "copy__hint";
  label.className = "visually-hidden";
  label.textContent = "Copy ";
  button.append(label, ...text.childNodes, hint);
  hint.append(icon.content.cloneNode(true));
  const value = text.dataset.copy;
  text.replaceWith(button);
  button.addEventListener("click", async () => {
    let words = "Copied";
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      getSelection().selectAllChildren(button);
      words = "Selected: copy it with your keyboard";
    }
    said.textContent = `${words}: ${value}`;
    hint.replaceChildren(words);
    setTimeout(() => hint.replaceChildren(icon.content.cloneNode(true)), 2500);
  });
}
