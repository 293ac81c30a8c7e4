// Shows the tax as soon as a place is chosen; without script a button does the same.
const form = document.getElementById("checkout");
const button = form.querySelector("[data-update]");
const country = form.elements.country;
const region = form.elements.region;
const postalCode = form.elements.postal_code;
let latest = 0;

async function update() {
  const mine = ++latest;
  const data = new FormData(form);
  data.set("step", "update");
  try {
    const answer = await fetch(location.href, { method: "POST", body: data });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== latest) return;
    form
      .querySelector("[data-summary]")
      .replaceChildren(...page.querySelector("[data-summary]").childNodes);
  } catch {
    button.parentElement.hidden = false;
  }
}

function ask() {
  const isHome = country.value === "US";
  region.closest(".field").hidden = !isHome;
  return isHome;
}

/** Another place than the page was made with: chosen before this ran, or kept by the browser. */
function isChanged(select) {
  const options = [...select.options];
  return select.selectedOptions[0] !== (options.find((each) => each.defaultSelected) ?? options[0]);
}

button.parentElement.hidden = true;
ask();
if ([country, region].some(isChanged)) update();
country.addEventListener("change", () => {
  ask();
  update();
});
region.addEventListener("change", update);
postalCode?.addEventListener("change", update);
