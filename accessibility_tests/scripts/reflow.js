// Nothing may be wider than the window, and no text may be cut off by its box.
const found = [];
const root = document.documentElement;
if (root.scrollWidth > root.clientWidth + 1) found.push(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);
for (const e of document.body.querySelectorAll("*")) {
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || !box.height || style.visibility === "hidden" || box.width <= 2) continue;
  if (box.right > root.clientWidth + 1 && style.position !== "absolute")
    found.push(`${e.tagName.toLowerCase()}.${e.className} reaches to ${Math.round(box.right)} px: ${e.textContent.trim().slice(0, 40)}`);
  const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
  const field = /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName);
  if (clips && !field && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
    found.push(`${e.tagName.toLowerCase()}.${e.className} cuts its text off: ${e.textContent.trim().slice(0, 40)}`);
}
return found.slice(0, 8);
