// Remember what can be reached, and start before the first of it.
const able = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
window.__stops = [];
window.__able = [...document.querySelectorAll(able)].filter((e) => !e.matches(":disabled") && !e.closest("[hidden], template") && e.getClientRects().length && !e.closest("details:not([open]) > :not(summary)"));
document.activeElement && document.activeElement.blur();
window.getSelection().removeAllRanges();
document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex");
window.scrollTo(0, 0);
