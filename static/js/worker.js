// Reading without a network, and what the ward has to tell. The server writes SET above this: a version, each voice with its
// words, the pages worth keeping. Only public pages are kept; no form and nobody's own page is ever answered from here.
"use strict";
const SHELL = "shell-" + SET.version, PAGES = "pages", FILES = "files", PATIENCE = 6000;
const FORMS = /^\/[^/]+\/(drafts|practice)\//, ADDRESSES = /\/static\/[^"'\s?#]+/g;
const PARTS = new Set(SET.pages.map((page) => page.split("/")[0]));

function voiceOf(path) {
  const code = path.split("/")[1];
  if (SET.voices[code]) return code;
  const known = Object.keys(SET.voices), asked = (navigator.languages || []).map((one) => one.split("-")[0]);
  return asked.find((one) => known.includes(one)) || known[0];
}

async function find(name, path) {
  return (await caches.open(name)).match(path, { ignoreVary: true });
}

// ---- Keeping: a public page with the files it needs.
function mayKeep(url, answer) {
  const [, voice, part] = url.pathname.split("/"), rule = answer.headers.get("Cache-Control") || "";
  return Boolean(SET.voices[voice]) && PARTS.has(part) && !url.search && answer.status === 200 && answer.type === "basic" &&
    !answer.redirected && answer.headers.has("ETag") && rule.includes("no-cache") && !/no-store|private/.test(rule) &&
    (answer.headers.get("Content-Type") || "").startsWith("text/html");
}

async function keep(name, path, answer) {
  const html = await answer.clone().text();
  await Promise.all([...new Set(html.match(ADDRESSES))].map(file));
  await (await caches.open(name)).put(path, answer);
}

async function file(address) {
  const kept = await find(FILES, address);
  if (kept) return kept;
  const fresh = await fetch(address);
  if (fresh.ok) await (await caches.open(FILES)).put(address, fresh.clone()).catch(() => {});
  return fresh;
}

async function fetchPage(path) {
  const url = new URL(path, location.href), answer = await fetch(url.href, { cache: "no-cache" });
  if (url.origin !== location.origin || !mayKeep(url, answer)) return false;
  await keep(PAGES, url.pathname, answer);
  return true;
}

async function keepShell(codes) {
  await Promise.all(codes.map((code) => Promise.all(SET.shell.map(async (page) => {
    const path = "/" + code + "/" + page, answer = await fetch(path, { cache: "no-cache" });
    if (!answer.ok || answer.redirected) throw new Error(path);
    if (!/no-store/.test(answer.headers.get("Cache-Control"))) await keep(SHELL, path, answer);
  }))));
}

async function sweep() {
  const files = await caches.open(FILES), needed = new Set();
  for (const name of [SHELL, PAGES]) {
    for (const page of await (await caches.open(name)).matchAll()) {
      for (const address of (await page.text()).match(ADDRESSES) || []) needed.add(address);
    }
  }
  for (const one of await files.keys()) if (!needed.has(new URL(one.url).pathname)) await files.delete(one);
}

// ---- Beginning and changing: a new version waits until no page of ours is open, as browsers do it by themselves. Made to take
// over earlier it left the page that was just being opened without an answer, for minutes (seen in Chromium 156).
addEventListener("install", (event) => event.waitUntil(keepShell(Object.keys(SET.voices))));

addEventListener("activate", (event) => event.waitUntil((async () => {
  if (registration.navigationPreload) await registration.navigationPreload.enable();
  for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
  await sweep();
  await clients.claim();
})()));

// ---- Reading: the network first; what was kept says so, and since when.
function sayWhen(stamp, voice, ruby) {
  const at = new Date((/^[^,]+,[^,]+GMT/.exec(stamp) || [Date.now()])[0]), zone = { timeZone: "Asia/Tokyo" }, part = {};
  if (!ruby || !SET.readings) {
    const form = Object.assign({ month: "long", day: "numeric", hour: "numeric", hour12: true }, zone);
    return new Intl.DateTimeFormat(SET.voices[voice].locale, form).format(at);
  }
  const form = Object.assign({ month: "numeric", day: "numeric", hour: "numeric", hourCycle: "h23" }, zone);
  for (const one of new Intl.DateTimeFormat("en", form).formatToParts(at)) part[one.type] = Number(one.value);
  return SET.readings.months[part.month - 1] + SET.readings.days[part.day - 1] + SET.readings.hours[part.hour % 24];
}

async function showKept(kept, path, why) {
  const html = await kept.text(), ruby = html.slice(0, 400).includes('data-furigana="on"'), voice = voiceOf(path);
  const note = SET.voices[voice][ruby ? "on" : "off"][why].replace("{when}", sayWhen(kept.headers.get("Date"), voice, ruby));
  return new Response(html.replace("<main ", () => note + "<main "), { headers: kept.headers });
}

async function showOffline(path, posted) {
  const own = posted ? null : await find(SHELL, path);
  const page = own || await find(SHELL, "/" + voiceOf(path) + "/offline");
  if (!page || !posted) return page || Response.error();
  return new Response((await page.text()).replace(" data-offline", " data-offline data-posted"), { headers: page.headers });
}

// A proxy with no service behind it is as good as no network.
async function reach(asked) {
  const answer = await asked;
  if (answer.status > 501 && answer.status < 505) throw new Error("gone");
  return answer;
}

async function read(event, url) {
  const fresh = (async () => {
    const answer = await reach((await event.preloadResponse) || fetch(event.request));
    if (mayKeep(url, answer)) event.waitUntil(keep(PAGES, url.pathname, answer.clone()).catch(() => {}));
    return answer;
  })();
  event.waitUntil(fresh.catch(() => {}));
  const late = new Promise((done) => setTimeout(done, PATIENCE, "slow"));
  const answer = await Promise.race([fresh.catch(() => "gone"), late]);
  if (typeof answer !== "string") return answer;
  const kept = await find(PAGES, url.pathname);
  if (kept) return showKept(kept, url.pathname, answer);
  return fresh.catch(() => showOffline(url.pathname));
}

async function send(event, url) {
  try {
    const answer = await reach(fetch(event.request)), from = event.request.referrer;
    const codes = from ? [voiceOf(new URL(from).pathname)] : Object.keys(SET.voices);
    if (url.pathname === "/look") event.waitUntil(keepShell(codes).catch(() => {}));
    return answer;
  } catch (error) {
    const unsent = FORMS.test(url.pathname) && await find(SHELL, "/" + voiceOf(url.pathname) + "/unsent");
    return unsent || showOffline(url.pathname, true);
  }
}

addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(read(event, url));
  else if (request.mode === "navigate" && request.method === "POST") event.respondWith(send(event, url));
  else if (request.method === "GET" && url.pathname.startsWith("/static/") && !request.headers.has("Range")) {
    event.respondWith(file(url.pathname));
  }
});

// ---- What pages ask: the list of kept pages, one more page, all of them away.
async function listKept(voice, ruby) {
  const pages = await caches.open(PAGES), found = [];
  for (const request of await pages.keys()) {
    const path = new URL(request.url).pathname, page = await pages.match(request, { ignoreVary: true });
    if (path.split("/")[1] !== voice) continue;
    const [, heading] = /<h1[^>]*>([^]*?)<\/h1>/.exec(await page.text()) || ["", path];
    found.push({ path, heading, when: sayWhen(page.headers.get("Date"), voice, ruby) });
  }
  const place = (one) => (SET.pages.indexOf(one.path.split("/").slice(2).join("/")) + 1) || SET.pages.length + 1;
  return found.sort((a, b) => place(a) - place(b));
}

const ANSWERS = {
  pages: async (asked) => SET.pages.map((page) => "/" + asked.voice + "/" + page),
  list: (asked) => listKept(asked.voice, asked.ruby),
  keep: (asked) => fetchPage(asked.path),
  clear: async () => { await caches.delete(PAGES); await sweep(); return true; }
};
addEventListener("message", (event) => {
  const asked = event.data || {}, port = event.ports[0] || { postMessage() {} };
  if (!Object.keys(ANSWERS).includes(asked.ask)) return;
  event.waitUntil(ANSWERS[asked.ask](asked).then((told) => port.postMessage(told), () => port.postMessage(null)));
});

// ---- Being told: the shape that phones show by themselves, too; whatever comes in another shape is told in plain words.
function word(given, other) {
  return typeof given === "string" && given ? given.slice(0, 300) : other;
}

addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json().notification || {}; } catch (error) { told = {}; }
  const plain = SET.voices[voiceOf(word(told.navigate, "").replace(/^https?:\/\/[^/]+/, ""))], whole = word(told.title, "");
  event.waitUntil(registration.showNotification(whole || plain.title, {
    body: whole ? word(told.body, "") : plain.body, lang: whole ? word(told.lang, "") : plain.locale, tag: word(told.tag, ""),
    icon: SET.icon, badge: SET.badge, data: word(told.navigate, "/")
  }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  let goal = new URL("/", location.href);
  try { goal = new URL(event.notification.data, location.href); } catch (error) { /* the front page */ }
  if (goal.origin !== location.origin) goal = new URL("/", location.href);
  event.waitUntil(clients.matchAll({ type: "window" }).then((open) => {
    const there = open.find((one) => one.url === goal.href);
    return there ? there.focus() : clients.openWindow(goal.href);
  }));
});
