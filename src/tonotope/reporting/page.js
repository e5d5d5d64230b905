"use strict";
// The page speaks without this script; with it, its clips can be heard. Text from outside is only
// ever set as text.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  root.classList.add("script");

  // ---- day and night
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.querySelector(".theme").addEventListener("click", () => {
    const now = root.dataset.theme || (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
  });

  // ---- a tap on a plot reads its nearest point; a finger has no pointer that rests
  const NEAR_PX = 24;
  document.addEventListener("click", (event) => {
    const plot = event.target.closest("svg.plot");
    if (!plot) return;
    const away = (one) => {
      const box = one.getBoundingClientRect();
      return Math.hypot((box.left + box.right) / 2 - event.clientX, (box.top + box.bottom) / 2 - event.clientY);
    };
    const points = [...plot.querySelectorAll("circle")].filter((one) => one.querySelector("title"));
    const nearest = points.sort((one, other) => away(one) - away(other))[0];
    if (!nearest || away(nearest) > NEAR_PX) return;
    for (const one of points) one.classList.toggle("read", one === nearest);
    const figure = plot.closest("figure");
    let told = figure.querySelector(".told");
    if (!told) {
      told = document.createElement("p");
      told.className = "note told";
      told.setAttribute("role", "status");
      figure.append(told);
    }
    told.textContent = nearest.querySelector("title").textContent;
  });

  // ---- one sound at a time
  const player = new Audio();
  let button = null; // the one whose clip plays

  const stop = () => {
    player.pause();
    if (button) {
      button.classList.remove("on");
      button.setAttribute("aria-label", button.dataset.label);
    }
  };
  const play = (next, from) => {
    stop();
    const clip = data.clips[next.dataset.clip];
    if (button !== next) {
      follow(0, false);
      button = next;
      player.src = data.sounds[clip.sound];
    }
    button.dataset.label ||= button.getAttribute("aria-label");
    if (from !== undefined) player.currentTime = from;
    else if (player.ended) player.currentTime = 0;
    button.classList.add("on");
    button.setAttribute("aria-label", words.stop);
    player.play().then(draw, stop);
  };
  const follow = (seconds, shown) => {
    if (!button) return;
    const card = button.closest(".card, .clip");
    const cursor = card.querySelector(".cursor");
    const thread = card.querySelector(".thread span");
    const length = Number(card.dataset.span) || player.duration || 1;
    const at = `${Math.min(100, (100 * seconds) / length)}%`;
    if (cursor) {
      cursor.hidden = !shown;
      cursor.style.left = at;
    }
    if (thread) thread.style.width = shown ? at : 0;
  };
  const draw = () => {
    if (player.paused) return;
    follow(player.currentTime, true);
    requestAnimationFrame(draw);
  };
  player.addEventListener("ended", () => {
    stop();
    follow(0, false);
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest(".play");
    if (pressed) return pressed.classList.contains("on") ? stop() : play(pressed);
    const image = event.target.closest(".image");
    const own = image && image.closest(".card").querySelector(".play");
    if (!own) return undefined;
    const box = image.getBoundingClientRect();
    return play(own, ((event.clientX - box.left) / box.width) * Number(own.closest(".card").dataset.span));
  });

  // ---- a cell opens its clips, where the page has a matrix of them
  const BEGUN_PX = 48; // of the list: its title
  const MARGIN_PX = 12;
  const panel = document.getElementById("panel");
  if (panel) {
    const title = panel.querySelector("h3");
    const list = panel.querySelector(".clips");
    const pattern = document.getElementById("clip").content.firstElementChild;
    let opener = null;

    const row = (number) => {
      const clip = data.clips[number];
      const item = pattern.cloneNode(true);
      const own = item.querySelector(".play");
      item.querySelector(".file").textContent = clip.short;
      item.title = clip.file;
      item.querySelector(".about").textContent = clip.about;
      if (clip.sound === null) {
        own.remove();
        item.querySelector(".thread").remove();
      } else {
        own.dataset.clip = number;
        own.setAttribute("aria-label", `${words.play}: ${clip.file}`);
      }
      return item;
    };
    const open = (key) => {
      stop();
      button = null;
      const cell = data.cells[key];
      for (const one of document.querySelectorAll("[data-cell]")) one.setAttribute("aria-pressed", one.dataset.cell === key);
      title.textContent = cell.title;
      list.replaceChildren(...cell.clips.map(row));
      panel.querySelector(".more").textContent = cell.more;
      panel.hidden = false;
    };
    document.addEventListener("click", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (!cell) return;
      opener = cell;
      open(cell.dataset.cell);
      title.focus({ preventScroll: true });
      // As far as it takes to see the list, but the pressed cell stays in sight where both fit.
      const [top, bottom] = [cell.getBoundingClientRect().top, panel.getBoundingClientRect().bottom];
      const begun = panel.getBoundingClientRect().top + BEGUN_PX - innerHeight;
      if (begun > top - MARGIN_PX) panel.scrollIntoView({ block: "nearest" });
      else scrollBy(0, Math.min(Math.max(bottom - innerHeight, 0), Math.max(top - MARGIN_PX, 0)));
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && opener) opener.focus();
    });
    const matrix = document.querySelector(".matrix");
    const first = document.querySelector("[data-cell]");
    if (first) {
      open((document.querySelector(".pairs [data-cell]") || first).dataset.cell);
      // A large matrix shows the cell that is open, not its empty corner.
      const shown = matrix.querySelector('[aria-pressed="true"]').closest("td");
      const box = matrix.closest(".scroll");
      const [names, heads] = [matrix.querySelector("tbody th").offsetWidth, matrix.tHead.offsetHeight];
      const over = (start, size, room) => (start + 3 * size > room ? start - (room - size) / 2 : 0);
      box.scrollLeft = over(shown.offsetLeft - names, shown.offsetWidth, box.clientWidth - names);
      box.scrollTop = over(shown.offsetTop - heads, shown.offsetHeight, box.clientHeight - heads);
    }

    // ---- one stop of the Tab key for the whole matrix; arrows lead to the next cell that holds any
    const buttons = [...matrix.querySelectorAll("button")];
    const place = (one) => one.dataset.cell.split("-").map(Number);
    for (const one of buttons) one.tabIndex = one === buttons[0] ? 0 : -1;
    const nearest = (from, side) => {
      const [row, column] = place(from);
      const beyond = buttons.filter((one) => side * (place(one)[0] - row) > 0);
      const far = (one) => Math.abs(place(one)[0] - row) * 1000 + Math.abs(place(one)[1] - column);
      return beyond.sort((one, other) => far(one) - far(other))[0];
    };
    const steps = {
      ArrowLeft: (from) => buttons[buttons.indexOf(from) - 1],
      ArrowRight: (from) => buttons[buttons.indexOf(from) + 1],
      ArrowUp: (from) => nearest(from, -1),
      ArrowDown: (from) => nearest(from, 1),
      Home: () => buttons[0],
      End: () => buttons.at(-1),
    };
    matrix.addEventListener("keydown", (event) => {
      const step = steps[event.key];
      if (!step || !event.target.dataset.cell) return;
      event.preventDefault();
      step(event.target)?.focus();
    });
    matrix.addEventListener("focusin", (event) => {
      if (!event.target.dataset.cell) return;
      for (const one of buttons) one.tabIndex = one === event.target ? 0 : -1;
    });
  }

  // ---- what scrolls says so; what need not scroll is no stop of the Tab key
  const tell = () => {
    for (const one of document.querySelectorAll(".scroll")) {
      const across = one.scrollWidth > one.clientWidth + 1;
      const down = one.scrollHeight > one.clientHeight + 1;
      const hint = one.previousElementSibling;
      if (across || down) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
      hint.hidden = !across && !down;
      hint.dataset.way = across && down ? "both" : across ? "across" : "down";
      hint.textContent = words[across && down ? "scroll.both" : across ? "scroll.across" : "scroll.down"];
    }
  };
  tell();
  addEventListener("resize", tell);
  document.addEventListener("toggle", tell, true);

  // ---- paper shows everything
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
})();
