// What is wrong with the layout of the page as it is shown, one sentence each. Boxes in CSS pixels.
() => {
  const wide = document.documentElement.clientWidth;
  const faults = new Set();
  const named = (one) => {
    const kind = one.className?.baseVal ?? one.className;
    return one.tagName.toLowerCase() + (kind ? "." + String(kind).trim().replace(/\s+/g, ".") : "");
  };
  const said = (text) => text.trim().slice(0, 50);
  const scrolls = (one) => /auto|scroll/.test(getComputedStyle(one).overflow);
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen");

  // ---- a container that scrolls says so
  for (const one of document.querySelectorAll("body *")) {
    if (!shown(one) || !scrolls(one)) continue;
    if (one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1) continue;
    const hint = one.previousElementSibling;
    if (!hint?.matches(".hint") || !shown(hint) || !hint.textContent.trim()) faults.add(`${named(one)} scrolls and does not say so`);
    if (one.tabIndex !== 0) faults.add(`${named(one)} scrolls and the keyboard does not reach it`);
  }

  // ---- no table is cut while there is room beside it
  for (const one of document.querySelectorAll("body *")) {
    if (!shown(one) || !scrolls(one) || !one.querySelector("table") || one.scrollWidth <= one.clientWidth + 1) continue;
    const box = one.getBoundingClientRect();
    let right = wide;
    for (let up = one; up !== document.body; up = up.parentElement) {
      for (const beside of up.parentElement.children) {
        const its = beside.getBoundingClientRect();
        if (its.width && its.left >= box.right - 1 && its.top < box.bottom && its.bottom > box.top) right = Math.min(right, its.left);
      }
    }
    const room = Math.round(right - box.right);
    if (room > 100) faults.add(`${named(one)} is cut while ${room} px beside it are empty`);
  }

  // ---- no word of up to 20 letters is broken inside in a table cell
  for (const cell of document.querySelectorAll("td, th")) {
    if (!shown(cell)) continue;
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walk.nextNode()) texts.push(walk.currentNode);
    const range = document.createRange();
    const tops = () => new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top))).size;
    for (const text of texts) {
      range.selectNodeContents(text);
      if (tops() < 2) continue;
      for (const word of text.data.matchAll(/[\p{L}\p{M}]+/gu)) {
        if (word[0].length > 20) continue;
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (tops() > 1) faults.add(`“${word[0]}” is broken inside`);
      }
    }
  }

  // ---- the part of a box that its ancestors leave to see; they cut what does not scroll
  const clipped = (box, one, text) => {
    let { left, top, right, bottom } = box;
    for (let up = one; up && up !== document.documentElement; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflow === "visible" || up.tagName === "svg" || up === document.body) continue;
      const edge = up.getBoundingClientRect();
      if (!scrolls(up) && text && (left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1)) faults.add(`“${said(text)}” is cut by ${named(up)}`);
      left = Math.max(left, edge.left); right = Math.min(right, edge.right);
      top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom);
    }
    return right > left && bottom > top ? { left, top, right, bottom } : null;
  };

  // ---- nothing is wider than the window
  if (document.documentElement.scrollWidth > wide) faults.add(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const one of document.querySelectorAll("body *")) {
    if (!shown(one)) continue;
    const box = one.getBoundingClientRect();
    const seen = box.width && clipped(box, one.parentElement, "");
    if (seen && (seen.right > wide + 1 || seen.left < -1)) faults.add(`${named(one)} reaches out of the window`);
  }

  // ---- what has been scrolled under the heads of a matrix, its names or its corner, is hidden
  const behindHeads = (own, box) => {
    const corner = own.closest("table.matrix")?.querySelector("thead td");
    if (!corner || corner.contains(own)) return false;
    const edge = corner.getBoundingClientRect();
    const [above, beside] = [box.top < edge.bottom - 1, box.left < edge.right - 1];
    if (own.closest("thead")) return beside;
    return own.closest("th") ? above : above || beside;
  };

  // ---- every line of text lies in the box it belongs to
  const lines = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const own = node.parentElement;
    if (!node.data.trim() || own.closest("script, style, template, title") || !shown(own)) continue;
    let block = own;
    while (getComputedStyle(block).display.startsWith("inline") && !own.closest("svg")) block = block.parentElement;
    const room = block.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      if (!own.closest("svg") && (box.right > room.right + 1.5 || box.left < room.left - 1.5)) faults.add(`“${said(node.data)}” is wider than ${named(block)}`);
      const seen = clipped(box, own, node.data);
      if (!seen || behindHeads(own, box)) continue;
      if (seen.right > wide + 1 || seen.left < -1) faults.add(`“${said(node.data)}” reaches out of the window`);
      lines.push({ node, seen, text: said(node.data) });
    }
  }

  // ---- and over no other
  lines.sort((one, other) => one.seen.top - other.seen.top);
  lines.forEach((one, at) => {
    for (let next = at + 1; next < lines.length; next += 1) {
      const other = lines[next];
      if (other.seen.top >= one.seen.bottom) break;
      if (other.node === one.node) continue;
      const across = Math.min(one.seen.right, other.seen.right) - Math.max(one.seen.left, other.seen.left);
      const down = Math.min(one.seen.bottom, other.seen.bottom) - other.seen.top;
      const least = Math.min(one.seen.bottom - one.seen.top, other.seen.bottom - other.seen.top);
      if (across > 1 && down > 0.3 * least) faults.add(`“${one.text}” lies over “${other.text}”`);
    }
  });
  return [...faults];
}
