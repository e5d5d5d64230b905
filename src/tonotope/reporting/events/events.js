
// The page of events: one class alone, and a ring that plays its event.
(() => {
  const chips = [...document.querySelectorAll(".chip")];
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (!chip) return;
    for (const one of chips) one.setAttribute("aria-pressed", one === chip);
    const only = chip.dataset.only;
    for (const one of document.querySelectorAll("[data-lane]")) one.classList.toggle("away", only !== "" && one.dataset.lane !== only);
  });
  document.addEventListener("click", (event) => {
    const ring = event.target.closest(".rings a");
    const button = ring && document.querySelector(`${ring.getAttribute("href")} .play:not(.on)`);
    if (button) button.click();
  });
})();
