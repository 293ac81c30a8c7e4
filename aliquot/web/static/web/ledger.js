// Says at once what the amounts are worth; the page that follows says it without script.
const form = document.querySelector(".activity-form");

function hundredths(text) {
  return /^\s*\d+(\.\d{0,2})?\s*$/.test(text) ? Math.round(Number(text) * 100) : NaN;
}

function tell() {
  const kind = form.querySelector('[name="kind"]:checked')?.value;
  const live = form.querySelector(`.live--${kind}`);
  if (!live) return;
  live.dataset.plain ??= live.textContent;
  const amounts = [...form.querySelectorAll('[name^="part_"][name$="_amount"]')];
  const total = amounts.reduce((sum, input) => sum + hundredths(input.value), 0);
  const factor = Number(live.dataset.factor);
  const worth = (total * factor) / 100;
  live.textContent =
    factor && total > 0
      ? `${total / 100} ${live.dataset.unit} ${worth === 1 ? "is worth 1 point or hour" : `are worth ${worth} points or hours`}.`
      : live.dataset.plain;
}

form.addEventListener("input", tell);
tell();
