// Says what is at fault with words while they are typed. Without it the same is said on saving.
const form = document.querySelector("[data-copy-check]");
const WAIT = 600; // ms after the last key

function line(finding) {
  const said = document.createElement("p");
  const refused = finding.severity === "refuse";
  said.className = refused ? "govuk-error-message" : "govuk-hint";
  if (refused) {
    const error = document.createElement("span");
    error.className = "govuk-visually-hidden";
    error.textContent = form.dataset.error;
    said.append(error, " ");
  }
  said.append(finding.words);
  return said;
}

function show(answer) {
  for (const box of form.querySelectorAll("[data-findings]")) {
    const found = answer.findings.filter((one) => one.slot === box.dataset.findings);
    const now = JSON.stringify(found);
    if (box.dataset.shown === now) continue; // or a screen reader would say it again
    box.dataset.shown = now;
    box.replaceChildren(...found.map(line));
    const refused = found.some((one) => one.severity === "refuse");
    box.closest(".govuk-form-group")?.classList.toggle("govuk-form-group--error", refused);
  }
}

let timer;
let asked = 0;
form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.copyCheck, { method: "POST", body: new FormData(form) });
    if (answer.ok && mine === asked) show(await answer.json());
  }, WAIT);
});
