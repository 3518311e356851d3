// Says what is at fault with words while they are typed. Without it the same is said on saving.
const form = document.querySelector("[data-copy-check]");
const WAIT = 600; // ms after the last key

function show(answer) {
  for (const box of form.querySelectorAll("[id$='-findings']")) {
    const slot = box.id.slice(0, -"-findings".length);
    const said = answer.findings.filter((one) => one.slot === slot);
    box.replaceChildren(
      ...said.map((one) => {
        const line = document.createElement("p");
        line.className = one.severity === "refuse" ? "govuk-error-message" : "govuk-hint";
        line.textContent = one.words;
        return line;
      }),
    );
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
