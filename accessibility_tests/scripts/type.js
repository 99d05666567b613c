// Text size, line height, line length, no justification, and what furigana needs.
const found = [], rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
const ruby = document.documentElement.dataset.furigana === "on";
const hasWords = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
for (const e of document.body.querySelectorAll("*")) {
  if (e.closest(".vh, .skip, [aria-hidden=true]:not(rt)") || !hasWords(e) || /^(SCRIPT|STYLE|TEMPLATE|RP|OPTION)$/.test(e.tagName)) continue;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (!box.width || !box.height || box.width <= 2) continue;
  const size = parseFloat(style.fontSize), words = e.textContent.trim().slice(0, 30);
  if (e.tagName === "RT") {
    if (size < 9.9) found.push(`a reading is ${size} px: ${words}`);
    if (size < 0.54 * parseFloat(getComputedStyle(e.parentElement).fontSize)) found.push(`a reading is under 0.55 of its word: ${words}`);
    continue;
  }
  if (size < 16) found.push(`text of ${size} px: ${words}`);
  if (style.textAlign === "justify") found.push(`justified text: ${words}`);
  if (/^(P|LI|DD|LABEL)$/.test(e.tagName)) {
    const line = parseFloat(style.lineHeight) / size;
    if (line < (ruby ? 1.99 : 1.49)) found.push(`line height ${line.toFixed(2)}: ${words}`);
    if (box.width / size > 41.5 && e.textContent.length > 41) found.push(`lines of ${Math.round(box.width / size)} characters: ${words}`);
  }
}
for (const r of document.querySelectorAll("ruby")) {
  if (r.getAttribute("role") !== "none" || !r.querySelector("rt[aria-hidden=true]") || !r.querySelector("span")) found.push(`ruby that is read twice: ${r.textContent}`);
}
if (rem < 17.9) found.unshift(`the base size is ${rem} px`);
return [...new Set(found)].slice(0, 20);
