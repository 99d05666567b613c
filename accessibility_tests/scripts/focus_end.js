// Whatever can be reached was reached; of a group of radios one is enough.
const groups = new Set(window.__stops.filter((e) => e.type === "radio").map((e) => e.name));
const missed = window.__able.filter((e) => !window.__stops.includes(e) && !(e.type === "radio" && groups.has(e.name)) && e.tabIndex >= 0);
return missed.slice(0, 5).map((e) => `never reached by Tab: ${e.tagName.toLowerCase()} ${(e.textContent || e.name || e.value || "").trim().slice(0, 30)}`);
