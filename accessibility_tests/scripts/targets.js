// Controls are at least 44 by 44 px; a radio or checkbox counts together with its label; links inside sentences are excepted.
const found = [], least = 44;
const boxOf = (e) => {
  const box = e.getBoundingClientRect();
  const label = e.closest("label") || e.id && document.querySelector(`label[for="${CSS.escape(e.id)}"]`);
  if (!label || !/^(radio|checkbox)$/.test(e.type)) return box;
  const other = label.getBoundingClientRect();
  return { width: Math.max(box.right, other.right) - Math.min(box.left, other.left), height: Math.max(box.bottom, other.bottom) - Math.min(box.top, other.top) };
};
const inSentence = (e) => {
  if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return false;
  const block = e.closest("p, dd, li");
  return block && block.textContent.trim().length > e.textContent.trim().length + 3;
};
for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
  const seen = e.getBoundingClientRect();
  if (!seen.width || !seen.height || getComputedStyle(e).visibility === "hidden" || e.closest(".skip, [hidden]") || inSentence(e)) continue;
  const box = boxOf(e);
  if (box.width < least - 0.5 || box.height < least - 0.5)
    found.push(`${e.tagName.toLowerCase()} is ${Math.round(box.width)} by ${Math.round(box.height)}: ${(e.textContent || e.value || e.name || "").trim().slice(0, 40)}`);
}
return found.slice(0, 10);
