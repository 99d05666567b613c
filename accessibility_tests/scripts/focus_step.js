// Look at where the focus is now: a visible ring of at least 2 px, inside the window, not covered.
const e = document.activeElement, found = [];
if (!e || e === document.body || e === document.documentElement) return [found, true];
// The parts of a day or a time are stops of their own inside one field.
if (/^(date|time)$/.test(e.type) && window.__stops[window.__stops.length - 1] === e) return [found, false];
if (window.__stops.includes(e)) return [found, true];
window.__stops.push(e);
const name = `${e.tagName.toLowerCase()} ${(e.textContent || e.name || e.value || "").trim().slice(0, 30)}`;
const target = /^(radio|checkbox)$/.test(e.type) && e.nextElementSibling ? [e, e.nextElementSibling] : [e];
const ringed = target.some((t) => {
  const s = getComputedStyle(t), before = getComputedStyle(t, "::before");
  return [s, before].some((c) => (c.outlineStyle !== "none" && parseFloat(c.outlineWidth) >= 2) || /(\d+(\.\d+)?px){1}.*[2-9]px/.test(c.boxShadow) && c.boxShadow !== "none");
});
if (!ringed) found.push(`no visible focus: ${name}`);
const box = e.getBoundingClientRect();
if (box.bottom < 1 || box.top > innerHeight - 1) found.push(`focus outside the window: ${name}`);
else if (box.width > 2) {
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  if (top && top !== e && !e.contains(top) && !top.contains(e) && !(top.closest("label") && top.closest("label").htmlFor === e.id)) found.push(`covered by ${top.tagName}.${top.className}: ${name}`);
}
return [found, false];
