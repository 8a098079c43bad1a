// A list with facets on the left, one item on the right. Live (anywidget) items come from Python; in a static page they are embedded.
// All text of rows is set as text; only HTML that the package's escaped renderer made is set as HTML.
const ROW = 58, PAGE = 8;
const SVG = "http://www.w3.org/2000/svg";
const h = (tag, attrs = {}, ...kids) => {
  const svg = ["svg", "rect", "text", "g", "title", "path"].includes(tag);
  const e = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [k, v] of Object.entries(attrs)) {
    if (v === null || v === undefined || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k === "style") e.style.cssText = v;
    else e.setAttribute(k, v === true ? "" : v);
  }
  for (const kid of kids.flat()) if (kid !== null && kid !== undefined) e.append(kid);
  return e;
};
let count = 0;

export function mount(root, backend) {
  const { rows, facets, noun, sorts, stats } = backend.config;
  const uid = `agx${++count}`;
  const state = { on: {}, query: "", hits: null, marks: [], order: null, sort: 0, current: -1, shown: [], stars: new Set(backend.stars || []), notes: { ...(backend.notes || {}) }, labels: { ...(backend.labels || {}) }, fresh: 0, starred: false };
  const WORDS = { right: "✓ right", wrong: "✗ wrong", unsure: "? unsure" };
  const values = (row, key) => { const v = row.f[key]; return v === null || v === undefined ? [] : Array.isArray(v) ? v : [v]; };
  const passes = (i, except) => {
    const row = rows[i];
    if (state.hits && !state.hits.has(i)) return false;
    if (state.starred && !state.stars.has(row.id)) return false;
    for (const key in state.on) if (key !== except && state.on[key].size && !values(row, key).some((v) => state.on[key].has(v))) return false;
    return true;
  };

  // --- frame
  const search = h("input", { type: "search", class: "agx-search", placeholder: backend.config.fields ? "search: refund tool:… error:yes success:no \"exact words\"" : "search", title: backend.config.fields || "", dir: "auto", "aria-label": `search ${noun}` });
  const chips = h("div", { class: "agx-chips" }), summary = h("span", { class: "agx-count", role: "status", "aria-live": "polite" });
  const sort = h("select", { class: "agx-sort", "aria-label": "sort" }, sorts.map((s, i) => h("option", { value: i }, s.label)));
  const starButton = h("button", { type: "button", class: "agx-btn", "aria-pressed": "false", title: "starred only" }, "☆ starred");
  const exporter = h("details", { class: "agx-menu" }, h("summary", {}, "Export"));
  const news = h("div", { class: "agx-news", role: "status", hidden: true });
  const helpButton = h("button", { type: "button", class: "agx-btn", title: "keys (?)", "aria-label": "keys" }, "?");
  const menus = h("div", { class: "agx-menus" });
  const strip = h("div", { class: "agx-strip" }), top = h("div", { class: "agx-top" });
  if (backend.config.top) top.innerHTML = backend.config.top;
  const spacer = h("div", { class: "agx-spacer" });
  const list = h("div", { class: "agx-list", role: "listbox", tabindex: "0", "aria-label": noun }, spacer);
  const pane = h("div", { class: "agx-pane", tabindex: "-1", role: "region", "aria-label": `selected ${noun}` });
  const help = h("div", { class: "agx-help", hidden: true, role: "dialog", "aria-label": "keys" },
    h("b", {}, "Keys"), h("pre", {}, "j k ↓ ↑  next, previous\nn p      next, previous turn\nEnter    fold or unfold the turn\ne x      unfold, fold all\n/        search\nh H      next, previous hit\ns        star\nr w u    label right, wrong, unsure\nc        copy as JSON\n?        this help\nEsc      back to the list"));
  const box = h("div", { class: "ag agx", tabindex: "-1", "data-lm-suppress-shortcuts": "true" },
    h("div", { class: "agx-bar" }, search, menus, sort, starButton, exporter, helpButton), h("div", { class: "agx-bar agx-second" }, chips, summary), news, strip, top,
    h("div", { class: "agx-body" }, list, pane), help);
  root.replaceChildren(box);

  // --- facets
  const tally = (key) => {
    const n = new Map();
    for (let i = 0; i < rows.length; i++) if (passes(i, key)) for (const v of values(rows[i], key)) n.set(v, (n.get(v) || 0) + 1);
    return n;
  };
  const toggle = (key, value) => {
    const set = (state.on[key] = state.on[key] || new Set());
    set.has(value) ? set.delete(value) : set.add(value);
    refresh();
  };
  const drawMenus = () => {
    menus.replaceChildren(...facets.map((f) => {
      const d = h("details", { class: "agx-menu" }, h("summary", {}, f.label));
      d.addEventListener("toggle", () => {
        if (!d.open) return;
        for (const o of menus.children) if (o !== d) o.open = false;
        const n = tally(f.key);
        for (const v of state.on[f.key] || []) if (!n.has(v)) n.set(v, 0);
        const entries = [...n].sort((a, b) => (f.ordered ? (a[0] > b[0] ? 1 : -1) : b[1] - a[1]));
        const old = d.querySelector(".agx-values");
        if (old) old.remove();
        const few = h("div", {}), draw = (q) => few.replaceChildren(...entries.filter(([v]) => String(v).toLowerCase().includes(q)).slice(0, 60).map(([v, c]) =>
          h("label", {}, h("input", { type: "checkbox", checked: (state.on[f.key] || new Set()).has(v), onchange: () => toggle(f.key, v) }), h("span", { dir: "auto" }, String(v)), h("span", { class: "dim" }, String(c)))));
        draw("");
        const find = entries.length > 12 ? h("input", { type: "search", class: "agx-few", placeholder: `find among ${entries.length}`, "aria-label": `find ${f.label}`, oninput: (e) => draw(e.target.value.toLowerCase()) }) : null;
        d.append(h("div", { class: "agx-values", role: "group", "aria-label": f.label }, entries.length ? [find, few].filter(Boolean) : "nothing here"));
      });
      return d;
    }));
  };
  const drawChips = () => {
    const out = [];
    const chip = (label, off) => h("button", { type: "button", class: "agx-chip", title: "remove this filter", onclick: off }, label, " ×");
    for (const f of facets) for (const v of state.on[f.key] || []) out.push(chip(`${f.label}: ${v}`, () => toggle(f.key, v)));
    if (state.query) out.push(chip(`“${state.query}”`, () => { search.value = ""; find(""); }));
    if (state.starred) out.push(chip("starred", () => starButton.click()));
    chips.replaceChildren(...out);
    let good = 0, known = 0;
    for (const i of state.shown) { const g = rows[i].good; if (g === true) good++; if (g === true || g === false) known++; }
    summary.textContent = `${state.shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} ${noun}` + (known ? ` · ${Math.round(100 * good / known)} % success` : "");
  };
  const drawStrip = () => {
    strip.replaceChildren(...stats.map((s) => {
      const n = tally(s.key), entries = [...n].sort((a, b) => (s.ordered ? (a[0] > b[0] ? 1 : -1) : b[1] - a[1])).slice(0, s.most || 6);
      const top = Math.max(1, ...entries.map((e) => e[1])), w = 300, lh = 17, left = 136;
      const svg = h("svg", { width: w, height: entries.length * lh + 2, viewBox: `0 0 ${w} ${entries.length * lh + 2}`, role: "group", "aria-label": s.label });
      entries.forEach(([v, c], k) => {
        const on = (state.on[s.key] || new Set()).has(v), bad = s.bad && s.bad[v] ? s.bad[v] : 0, len = Math.max(2, (w - left - 46) * c / top);
        const tone = s.tones && s.tones[v] ? s.tones[v] : "accent";
        const name = String(v).length > 20 ? String(v).slice(0, 19) + "…" : String(v);
        const go = () => toggle(s.key, v);
        svg.append(h("g", { role: "button", tabindex: "0", "aria-pressed": on ? "true" : "false", "aria-label": `${s.label} ${v}: ${c}`, class: "agx-barg" + (on ? " on" : ""), onclick: go },
          h("title", {}, `${v}: ${c}${bad ? `, ${Math.round(100 * bad)} % errors` : ""}`), h("rect", { x: 0, y: k * lh, width: w, height: lh, fill: "transparent" }),
          h("text", { x: left - 6, y: k * lh + 12, "text-anchor": "end" }, name), h("rect", { x: left, y: k * lh + 3, width: len, height: 11, rx: 2, style: `fill:var(--ag-${tone}-fill)` }),
          bad ? h("rect", { x: left, y: k * lh + 3, width: Math.max(1, len * bad), height: 11, rx: 2, style: "fill:var(--ag-bad-fill)" }) : null,
          h("text", { x: left + len + 5, y: k * lh + 12, class: "dim" }, String(c))));
      });
      return entries.length ? h("figure", {}, h("figcaption", { class: "dim" }, s.label), svg) : null;
    }).filter(Boolean));
  };

  // --- the list: only rows in sight exist
  const drawRows = () => {
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - PAGE), to = Math.min(state.shown.length, Math.ceil((list.scrollTop + (list.clientHeight || 600)) / ROW) + PAGE);
    spacer.style.height = `${state.shown.length * ROW}px`;
    spacer.replaceChildren(...state.shown.slice(from, to).map((i, k) => {
      const r = rows[i], tone = r.good === true ? "good" : r.good === false ? "bad" : "", glyph = r.good === true ? "✓" : r.good === false ? "✗" : "·";
      return h("div", { id: `${uid}-${i}`, class: "agx-row" + (i === state.current ? " on" : ""), role: "option", "aria-selected": i === state.current ? "true" : "false", "aria-setsize": state.shown.length, "aria-posinset": from + k + 1,
        style: `top:${(from + k) * ROW}px`, onclick: () => select(i) },
        h("div", { class: "agx-line" }, h("span", { class: "agx-glyph " + tone, "aria-hidden": "true" }, glyph), h("b", {}, r.id), h("span", { class: "dim" }, r.mark || ""), state.stars.has(r.id) ? h("span", { class: "warn", title: "starred" }, "★") : null),
        h("div", { class: "agx-title dim", dir: "auto" }, state.labels[r.id] ? h("b", { class: "agx-label " + state.labels[r.id].verdict }, WORDS[state.labels[r.id].verdict]) : null, r.title));
    }));
    list.setAttribute("aria-activedescendant", state.current >= 0 ? `${uid}-${state.current}` : "");
  };
  const refresh = () => {
    const key = sorts[state.sort].key, down = sorts[state.sort].down ? -1 : 1;
    const shown = [];
    for (let i = 0; i < rows.length; i++) if (passes(i)) shown.push(i);
    if (state.order) shown.sort((a, b) => (state.order.get(a) ?? 1e9) - (state.order.get(b) ?? 1e9) || a - b);
    else if (key) shown.sort((a, b) => { const x = rows[a].s[key], y = rows[b].s[key]; return x === y ? a - b : x === null ? 1 : y === null ? -1 : (x > y ? 1 : -1) * down; });
    state.shown = shown;
    backend.filtered(shown);
    drawChips(); drawStrip(); drawRows();
    if (!shown.includes(state.current)) { if (shown.length) select(shown[0], false); else { state.current = -1; pane.replaceChildren(h("p", { class: "dim" }, `no ${noun} match; remove a filter`)); } }
  };

  // --- the pane
  let wanted = 0, turn = -1;
  const select = async (i, focus = true, at = null) => {
    state.current = i;
    const mine = ++wanted;
    const where = state.shown.indexOf(i) * ROW;
    if (where >= 0 && (where < list.scrollTop || where > list.scrollTop + list.clientHeight - ROW)) list.scrollTop = Math.max(0, where - list.clientHeight / 2);
    drawRows();
    backend.selected(i);
    const item = await backend.get(i);
    if (mine !== wanted) return;
    show(item, i, at);
    if (focus) list.focus({ preventScroll: true });
  };
  const button = (label, title, go) => h("button", { type: "button", class: "agx-btn", title, onclick: go }, label);
  const copier = (what, title, text) => h("button", { type: "button", class: "agx-btn", title, "data-copy": what, onclick: () => copy(what, text()) }, what);
  const show = (item, i, at) => {
    const r = rows[i], same = r.task === null || r.task === undefined ? [] : rows.map((x, k) => k).filter((k) => rows[k].task === r.task);
    const body = h("div", { class: "agx-content" });
    body.innerHTML = item.html;
    const note = h("input", { class: "agx-note", placeholder: "note", "aria-label": "note", value: state.notes[r.id] || "", onchange: (e) => { state.notes[r.id] = e.target.value; if (!e.target.value) delete state.notes[r.id]; backend.annotated([...state.stars], state.notes); } });
    const given = state.labels[r.id] || {}, reason = h("input", { class: "agx-reason", dir: "auto", placeholder: "reason, then r w u", "aria-label": "reason of the label", value: given.reason || "", onchange: (e) => { if (state.labels[r.id]) label(state.labels[r.id].verdict); } });
    const verdicts = backend.canLabel ? h("span", { class: "agx-verdicts", role: "group", "aria-label": "label" }, Object.keys(WORDS).map((v) =>
      h("button", { type: "button", class: "agx-btn", "data-label": v, "aria-pressed": given.verdict === v ? "true" : "false", title: `label ${v} (${v[0]})`, onclick: () => label(v) }, WORDS[v])), reason) : null;
    const tools = h("div", { class: "agx-tools" }, verdicts,
      h("button", { type: "button", class: "agx-btn agx-star", title: "star (s)", onclick: star }, state.stars.has(r.id) ? "★" : "☆"), note,
      ...(item.copy ? [copier("JSON", "copy as JSON (c)", () => item.copy)] : []), ...(item.copy && !item.plain ? [copier("Python", "copy as Python", () => python(item.copy)), copier("Markdown", "copy as Markdown", () => markdown(item.copy))] : []),
      h("span", { class: "agx-copied dim", role: "status" }), h("span", { class: "agx-hits dim", role: "status" }));
    const pills = same.length > 1 ? h("div", { class: "agx-pills" }, h("span", { class: "dim" }, "attempts"), same.slice(0, 24).map((k) =>
      h("button", { type: "button", class: "agx-pill " + (rows[k].good === true ? "good" : rows[k].good === false ? "bad" : "") + (k === i ? " on" : ""), title: rows[k].id, "aria-label": `attempt ${rows[k].id}`, onclick: () => select(k) }, rows[k].good === true ? "✓" : rows[k].good === false ? "✗" : "·"))) : null;
    const map = h("div", { class: "agx-map", "aria-hidden": "true" });
    pane.replaceChildren(h("div", { class: "agx-sticky" }, tools, pills), map, body);
    pane.scrollTop = 0;
    turn = -1;
    wire(body, i);
    hits = [];
    for (const w of state.marks) mark(body, w);
    if (state.query) goHit(0);
    minimap(map);
    if (at !== null) goTurn(at);
  };
  // a strip beside the conversation: a tick a turn in the colour of its role, hits and errors marked
  const minimap = (map) => {
    const t = turns().slice(0, 400);
    map.replaceChildren(...t.map((e, k) => h("i", { class: [...e.classList].filter((c) => c !== "ag-msg").join(" ") + (e.querySelector(".ag-msg.error") ? " error" : "") + (e.querySelector("mark") ? " hit" : ""), title: `turn ${k}`, onclick: () => goTurn(k) })));
    map.hidden = t.length < 4;
  };
  const tell = (html) => { news.hidden = !html; if (html) news.innerHTML = html; };
  const label = async (verdict) => {
    if (!backend.canLabel || state.current < 0) return;
    const i = state.current, id = rows[i].id, input = pane.querySelector(".agx-reason"), reason = input ? input.value : "";
    const same = state.labels[id] && state.labels[id].verdict === verdict && state.labels[id].reason === reason;
    if (same) delete state.labels[id]; else state.labels[id] = { verdict, reason };
    for (const b of pane.querySelectorAll("[data-label]")) b.setAttribute("aria-pressed", !same && b.dataset.label === verdict ? "true" : "false");
    drawRows();
    state.fresh++;
    const answer = await backend.ask({ do: "label", index: i, value: same ? null : verdict, data: { reason } });
    tell(answer.html);
    const ask = news.querySelector("[data-effect]");
    if (ask) ask.addEventListener("click", async () => { ask.disabled = true; ask.textContent = "learning from the labels …"; tell((await backend.ask({ do: "effect" })).html); });
  };
  const turns = () => [...pane.querySelectorAll(".agx-content .ag-msg")].filter((e) => !e.parentElement.closest(".ag-msg"));
  const goTurn = (n) => {
    const t = turns();
    if (!t.length) return;
    turn = Math.max(0, Math.min(t.length - 1, n));
    t.forEach((e, k) => e.classList.toggle("agx-at", k === turn));
    const e = t[turn], head = pane.querySelector(".agx-sticky").offsetHeight;
    pane.scrollTop = e.offsetTop - pane.offsetTop - head - 8;
  };
  const star = () => { if (state.current < 0) return; const id = rows[state.current].id; state.stars.has(id) ? state.stars.delete(id) : state.stars.add(id); backend.annotated([...state.stars], state.notes); drawRows(); const b = pane.querySelector(".agx-star"); if (b) b.textContent = state.stars.has(id) ? "★" : "☆"; };
  const copy = async (what, text) => {
    let ok = true;
    try { await navigator.clipboard.writeText(text); } catch (_) {
      const t = h("textarea", { style: "position:fixed;opacity:0" }); t.value = text; box.append(t); t.select(); ok = document.execCommand("copy"); t.remove();
    }
    const s = pane.querySelector(".agx-copied"); if (s) s.textContent = ok ? `copied as ${what}` : "the browser refused to copy";
  };
  const python = (json) => `from agent_gym import Trace\n\ntrace = Trace.model_validate_json(r'''${json.replaceAll("'''", "\\u0027\\u0027\\u0027")}''')\n`;
  const markdown = (json) => {
    const t = JSON.parse(json), out = [`## ${t.conversation_id}`, "", `outcome: ${t.outcome ?? "none"}, satisfaction: ${t.satisfaction_score ?? "none"}`, ""];
    for (const m of t.messages || []) {
      out.push(`**${m.role}${m.name ? " " + m.name : ""}**` + (m.content ? `: ${m.content}` : m.result !== undefined ? `: \`${JSON.stringify(m.result)}\`` : ""));
      for (const c of m.tool_calls || []) out.push(`- calls \`${c.name}(${JSON.stringify(c.arguments)})\``);
      out.push("");
    }
    return out.join("\n");
  };
  let hits = [], hit = -1;
  const goHit = (k) => {
    const out = pane.querySelector(".agx-hits");
    if (!hits.length) { if (out) out.textContent = ""; return; }
    hits.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    hit = (k + hits.length) % hits.length;
    hits.forEach((m, n) => m.classList.toggle("on", n === hit));
    const m = hits[hit];
    for (let d = m.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    pane.scrollTop = m.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop - pane.clientHeight / 3;
    if (out) out.replaceChildren(`hit ${hit + 1} of ${hits.length} `, button("‹", "previous hit (H)", () => goHit(hit - 1)), button("›", "next hit (h)", () => goHit(hit + 1)));
  };
  const mark = (body, query) => {
    const q = query.toLowerCase(), walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, { acceptNode: (n) => (n.parentElement.closest("style,script,mark,svg,.who,.ag-head,.ag-msg.system") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT) });
    const nodes = [];
    while (walk.nextNode()) nodes.push(walk.currentNode);
    for (let n of nodes) {
      let at;
      while (hits.length < 500 && (at = n.data.toLowerCase().indexOf(q)) >= 0 && at + q.length <= n.data.length) {
        const hit = n.splitText(at); n = hit.splitText(q.length);
        const m = h("mark", {}); hit.replaceWith(m); m.append(hit); hits.push(m);
      }
    }
  };
  // things inside rendered items: step sliders, jumps, forms
  const wire = (body, i) => {
    for (const s of body.querySelectorAll("input[data-steps]")) {
      const go = () => { const n = +s.value; body.querySelectorAll("[data-step]").forEach((e) => { e.classList.toggle("agx-later", +e.dataset.step > n); e.classList.toggle("agx-at", +e.dataset.step === n); }); const out = body.querySelector("output"); if (out) out.textContent = `step ${n} of ${s.max}`; const e = body.querySelector(`[data-step="${n}"]`); if (e) e.scrollIntoView({ block: "nearest" }); };
      s.addEventListener("input", go);
      const out = body.querySelector("output"); if (out) out.textContent = `step ${s.value} of ${s.max}`;
    }
    for (const e of body.querySelectorAll("[data-goto-step]")) e.addEventListener("click", () => { const s = body.querySelector("input[data-steps]"); if (s) { s.value = e.dataset.gotoStep; s.dispatchEvent(new Event("input")); } });
    for (const e of body.querySelectorAll("[data-goto]")) e.addEventListener("click", () => { const k = rows.findIndex((r) => r.id === e.dataset.goto); if (k >= 0) select(k); });
    for (const e of body.querySelectorAll("[data-send]")) {
      if (!backend.live) { e.disabled = true; e.title = "needs a running kernel"; continue; }
      e.addEventListener("click", async () => {
        const form = e.closest("form"), data = form ? Object.fromEntries(new FormData(form)) : {};
        const to = body.querySelector(e.dataset.into || ".agx-answer");
        const answer = await backend.ask({ do: e.dataset.send, index: i, value: e.dataset.value ?? null, data });
        if (to) to.innerHTML = answer.html;
      });
    }
    for (const f of body.querySelectorAll("form")) f.addEventListener("submit", (e) => { e.preventDefault(); const b = f.querySelector("[data-send]"); if (b) b.click(); });
  };

  // --- export of what is shown
  const exports = backend.live ? backend.config.exports || [] : backend.config.noun === "tools" ? [] : [{ key: "jsonl", label: "JSONL" }];
  const toFile = async () => {
    const texts = [];
    for (const i of state.shown) texts.push((await backend.get(i)).copy);
    const a = h("a", { href: URL.createObjectURL(new Blob([texts.join("\n") + "\n"], { type: "application/jsonl" })), download: "selection.jsonl" });
    a.click(); URL.revokeObjectURL(a.href);
  };
  exporter.hidden = !exports.length;
  exporter.append(h("div", { class: "agx-values" }, exports.map((x) => h("button", { type: "button", class: "agx-btn", "data-export": x.key, onclick: async () => { exporter.open = false; if (backend.live) tell((await backend.ask({ do: "export", value: x.key, indices: state.shown })).html); else toFile(); } }, x.label))));
  // --- search, keys
  let timer = 0;
  const find = async (q) => {
    state.query = q.trim();
    const found = state.query ? await backend.search(state.query) : { indices: null, marks: [] };
    state.hits = found.indices ? new Set(found.indices) : null; state.marks = found.marks || []; tell(found.html || "");
    if (backend.queried) backend.queried(state.query);
    refresh(); if (state.current >= 0 && state.shown.includes(state.current)) select(state.current, false); };
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => find(search.value), 140); });
  sort.addEventListener("change", async () => {
    state.sort = +sort.value;
    const by = sorts[state.sort].ask;
    if (by && backend.live) { summary.textContent = "one moment …"; const found = await backend.ask({ do: by }); state.order = new Map((found.indices || []).map((i, k) => [i, k])); tell(found.html); } else state.order = null;
    refresh();
    if (state.order && state.shown.length) select(state.shown[0], false);
  });
  starButton.addEventListener("click", () => { state.starred = !state.starred; starButton.setAttribute("aria-pressed", state.starred); refresh(); });
  helpButton.addEventListener("click", () => { help.hidden = !help.hidden; });
  list.addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
  const step = (d) => { const k = state.shown.indexOf(state.current), n = state.shown[Math.max(0, Math.min(state.shown.length - 1, k + d))]; if (n !== undefined) select(n); };
  const keys = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(8), PageUp: () => step(-8), Home: () => step(-1e9), End: () => step(1e9),
    n: () => goTurn(turn + 1), p: () => goTurn(turn - 1), e: () => pane.querySelectorAll("details").forEach((d) => { d.open = true; }), x: () => pane.querySelectorAll("details").forEach((d) => { d.open = false; }),
    Enter: () => { const t = turns()[Math.max(0, turn)], d = t && t.querySelector("details"); if (d) d.open = !d.open; }, "/": () => search.focus(), s: star, h: () => goHit(hit + 1), H: () => goHit(hit - 1), r: () => label("right"), w: () => label("wrong"), u: () => label("unsure"), c: () => { const b = pane.querySelector("[data-copy=JSON]"); if (b) b.click(); }, "?": () => helpButton.click(),
  };
  // Notebook takes keys while they travel down to their target, so ours are taken before: at the window, for targets inside this box.
  const onKey = (e) => {
    if (e.key === "Tab" || !box.contains(e.target)) return;
    e.stopPropagation();
    if (e.key === "Escape") { help.hidden = true; for (const d of menus.children) d.open = false; exporter.open = false; list.focus(); return; }
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input,textarea,select,form")) return;
    if (e.key === "Enter" || e.key === " ") {
      if (e.target.closest("svg [role=button]")) { e.preventDefault(); e.target.dispatchEvent(new MouseEvent("click", { bubbles: true })); return; }
      if (e.target.closest("button,summary")) return;
    }
    const go = keys[e.key];
    if (go) { e.preventDefault(); go(); }
  };
  window.addEventListener("keydown", onKey, true);
  if (backend.listen) backend.listen((to) => { if (to.index >= 0) { if (!passes(to.index)) { state.on = {}; state.hits = null; state.query = ""; search.value = ""; state.starred = false; refresh(); } select(to.index, true, to.turn ?? null); } });
  if (backend.heard) backend.heard((q) => { if (q !== state.query) { search.value = q; find(q); } });
  if (backend.query) { search.value = backend.query; find(backend.query); }
  drawMenus();
  wire(top, -1);
  refresh();
  new ResizeObserver(() => drawRows()).observe(list);
  const first = backend.first ?? -1;
  if (first > 0) select(first, false);
  return () => window.removeEventListener("keydown", onKey, true);
}

function live(model) {
  const config = JSON.parse(model.get("config")), waiting = new Map(), kept = new Map();
  let n = 0;
  model.on("msg:custom", (m) => { if (waiting.has(m.id)) { waiting.get(m.id)(m); waiting.delete(m.id); } });
  const ask = (what) => new Promise((ok) => { const id = `${Date.now()}-${++n}`; waiting.set(id, ok); model.send({ ...what, id }); });
  return {
    config, ask, live: true, canLabel: model.get("can_label"), labels: model.get("labels"), query: model.get("query"), stars: model.get("stars"), notes: model.get("notes"), first: model.get("selected_index"),
    get: async (i) => { if (!kept.has(i)) { kept.set(i, await ask({ do: "get", index: i })); if (kept.size > 60) kept.delete(kept.keys().next().value); } return kept.get(i); },
    search: (q) => ask({ do: "search", query: q }),
    queried: (q) => { model.set("query", q); model.save_changes(); },
    heard: (go) => model.on("change:query", () => go(model.get("query"))),
    selected: (i) => { model.set("selected_index", i); model.save_changes(); },
    filtered: (shown) => { model.set("filtered_indices", shown.length === config.rows.length ? [-1] : shown); model.save_changes(); },
    annotated: (stars, notes) => { model.set("stars", stars); model.set("notes", { ...notes }); model.save_changes(); },
    listen: (go) => model.on("change:target", () => go(model.get("target"))),
  };
}
// The same search as in Python (explore.query), over the conversations that a page embeds.
const PART = /(-?)(?:([a-z]+):)?(?:"([^"]*)"|(\S+))/gi;
const YES = { yes: true, true: true, no: false, false: false, none: null };
function parsed(text) {
  const q = { words: [], without: [], roles: [], fields: [] };
  for (const [, no, field, exact, word] of text.matchAll(PART)) {
    const name = (field || "").toLowerCase(), value = (exact ?? word).toLowerCase();
    if (name === "role") q.roles.push(value);
    else if (["tool", "error", "success", "agent", "outcome", "task", "id"].includes(name)) q.fields.push([name, value, !no]);
    else if (value) (no ? q.without : q.words).push(name ? `${name}:${value}` : value);
  }
  if (!q.roles.length) q.roles = ["user", "assistant", "tool"];
  return q;
}
function passesQuery(q, t, row) {
  const lower = (v) => String(v ?? "").toLowerCase(), ms = t.messages || [], meta = t.metadata || {};
  const holds = {
    tool: (v) => ms.some((m) => (m.tool_calls || []).some((c) => lower(c.name).includes(v))), error: (v) => ms.some((m) => m.is_error) === YES[v], success: (v) => (row.good ?? null) === YES[v],
    agent: (v) => lower(meta.agent ?? row.f.agent).includes(v), outcome: (v) => lower(t.outcome).includes(v), task: (v) => lower(meta.task_id) === v, id: (v) => lower(t.conversation_id).includes(v),
  };
  if (!q.fields.every(([name, v, wanted]) => holds[name](v) === wanted)) return false;
  const texts = ms.filter((m) => q.roles.includes(m.role)).map((m) => lower([m.content ?? (m.result === undefined ? "" : JSON.stringify(m.result)), ...(m.tool_calls || []).map((c) => `${c.name} ${JSON.stringify(c.arguments)}`)].join("\n")));
  texts.push(lower(t.conversation_id));
  return q.words.every((w) => texts.some((x) => x.includes(w))) && !q.without.some((w) => texts.some((x) => x.includes(w)));
}
function embedded(data) {
  const traces = [], plain = data.config.noun === "tools";
  const trace = (i) => (traces[i] ??= JSON.parse(data.items[i].copy || "{}"));
  return {
    config: data.config, live: false, get: async (i) => data.items[i], selected: () => {}, filtered: () => {}, annotated: () => {}, first: data.first ?? -1,
    search: async (text) => {
      if (plain) { const w = text.toLowerCase(); return { indices: data.items.map((it, i) => i).filter((i) => (data.items[i].copy || "").toLowerCase().includes(w)), marks: [w] }; }
      const q = parsed(text);
      return { indices: data.items.map((_, i) => i).filter((i) => passesQuery(q, trace(i), data.config.rows[i])), marks: q.words };
    },
  };
}
export default { render({ model, el }) { return mount(el, live(model)); } };
export { embedded };
