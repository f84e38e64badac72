/* What every page does in the browser: menus, passport, table twins, keys, colours. Every page works without it. */
"use strict";

(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const isPhone = () => window.matchMedia("(max-width: 640px)").matches;

  /** Tell a screen reader what changed. */
  function say(text) {
    one("#live").textContent = text;
  }

  /* ---- htmx: the server says what changed; the region is busy while it swaps ---- */
  if (window.htmx) {
    window.htmx.config.includeIndicatorStyles = false;
    window.htmx.config.allowEval = false;
    window.htmx.config.allowScriptTags = false;
    window.htmx.config.historyCacheSize = 0;
  }
  document.addEventListener("say", (event) => say(event.detail.value));
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.target.removeAttribute("aria-busy"));
  document.addEventListener("htmx:afterSwap", (event) => {
    const shown = event.detail.elt;
    const asker = event.detail.requestConfig && event.detail.requestConfig.elt;
    const next = asker && asker.closest("[data-next]") && one("[data-next]", shown); // one by one, on a phone
    const goal = next
      ? one("input[name='value']", next) || next
      : one("[data-focus]", shown) || (shown.matches("[data-focus]") && shown);
    if (goal) goal.focus();
  });

  /* ---- Menus are <details>: one open at a time, closed from outside and with Esc ---- */
  function closeMenus(except) {
    for (const menu of all("details.menu[open]")) if (menu !== except) menu.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

  /* ---- Passport: a popover beside its door, a sheet on a phone ---- */
  let door = null;

  function popover() {
    let pop = one("#pop");
    if (!pop) {
      pop = document.createElement("dialog");
      pop.id = "pop";
      pop.addEventListener("close", () => {
        if (!door) return;
        door.setAttribute("aria-expanded", "false");
        door.focus();
        door = null;
      });
      document.body.append(pop);
    }
    return pop;
  }

  async function openPassport(link) {
    const response = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!response.ok) {
      window.location.assign(link.href);
      return;
    }
    const pop = popover();
    if (pop.open) pop.close();
    pop.innerHTML = await response.text();
    door = link;
    door.setAttribute("aria-expanded", "true");
    if (isPhone()) {
      pop.className = "pop sheet-up";
      pop.removeAttribute("style");
      pop.showModal();
    } else {
      pop.className = "pop";
      const at = link.getBoundingClientRect();
      const left = Math.max(12, Math.min(at.left - 150, document.documentElement.clientWidth - 524));
      // Placed before it is shown: showing moves focus, and focus scrolls to where the dialog lies.
      pop.style.left = `${left + window.scrollX}px`;
      pop.style.top = `${at.bottom + 8 + window.scrollY}px`;
      pop.show();
    }
    const title = one("h2", pop);
    pop.setAttribute("aria-label", title.textContent.trim());
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    say(button.dataset.done);
    button.textContent = button.dataset.done;
  }

  /* ---- Table twin of a chart: same data, one of the two shown ---- */
  function toggleTwin(link) {
    const table = document.getElementById(link.dataset.twin);
    const chart = document.getElementById(link.dataset.of);
    table.hidden = !table.hidden;
    chart.hidden = !table.hidden;
    link.setAttribute("aria-expanded", String(!table.hidden));
    [link.textContent, link.dataset.other] = [link.dataset.other, link.textContent];
    const address = new URL(window.location.href);
    if (table.hidden) address.searchParams.delete("as");
    else address.searchParams.set("as", "table");
    window.history.replaceState(null, "", address);
    if (!chart.hidden) chart.dispatchEvent(new CustomEvent("shown"));
  }

  function sortBy(button) {
    const head = button.closest("th");
    const table = button.closest("table");
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const value = (row) => row.cells[head.cellIndex].dataset.value || row.cells[head.cellIndex].textContent.trim();
    const compare = (a, b) => (Number(a) - Number(b) || String(a).localeCompare(String(b)));
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).sort((a, b) => (ascending ? 1 : -1) * compare(value(a), value(b)));
    body.append(...rows);
  }

  /* ---- Colours: the cookie lets the server paint the next page right from the start ---- */
  function setTheme(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    document.dispatchEvent(new CustomEvent("theme"));
  }

  /* ---- The rail as a sheet on a phone ---- */
  function closeSheet() {
    if (window.location.hash !== "#rail") return false;
    window.location.hash = "page";
    one("[data-sheet]").focus();
    return true;
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
    const pop = one("#pop[open]");
    if (pop && !pop.contains(event.target)) pop.close();
    if (on("[data-passport]") && plain) {
      event.preventDefault();
      openPassport(on("[data-passport]"));
    } else if (on("[data-close]")) {
      event.preventDefault();
      on("dialog").close();
    } else if (on("[data-copy]")) {
      copy(on("[data-copy]"));
    } else if (on("[data-twin]") && plain) {
      event.preventDefault();
      toggleTwin(on("[data-twin]"));
    } else if (on(".sort")) {
      sortBy(on(".sort"));
    } else if (on("[data-theme-set]")) {
      setTheme(on("[data-theme-set]").dataset.themeSet);
    } else if (on("[data-open]")) {
      document.getElementById(on("[data-open]").dataset.open).showModal();
    } else if (on("[data-print]")) {
      window.print();
    } else if (on("[data-reveal]")) {
      const field = document.getElementById(on("[data-reveal]").dataset.reveal);
      field.type = field.type === "password" ? "text" : "password";
      on("[data-reveal]").setAttribute("aria-pressed", String(field.type === "text"));
    } else if (event.target.id === "rail") {
      closeSheet();
    } else if (on("[aria-disabled='true']")) {
      event.preventDefault();
      const why = on("[aria-disabled='true']").getAttribute("aria-describedby");
      if (why) say(document.getElementById(why).textContent);
    }
  });
  one("#rail")?.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || window.location.hash !== "#rail") return;
    const links = all("#rail a");
    const [from, to] = event.shiftKey ? [links[0], links[links.length - 1]] : [links[links.length - 1], links[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  });
  window.addEventListener("hashchange", () => {
    if (window.location.hash === "#rail") one("#rail a").focus();
  });

  /* ---- Fields that another answer asks for: data-needs="rhythm=weekly". Without a script all of them stand there ---- */
  function offer(form) {
    for (const part of all("[data-needs]", form)) {
      const [name, answer] = part.dataset.needs.split("=");
      part.toggleAttribute("data-off", form.elements[name].value !== answer);
    }
  }
  document.addEventListener("change", (event) => { if (event.target.form) offer(event.target.form); });
  // Going back, a browser puts into fields what was chosen in them before.
  window.addEventListener("pageshow", () => new Set(all("[data-needs]").map((part) => part.closest("form"))).forEach(offer));

  /* ---- Keys: never in fields, single ones can be switched off ---- */
  let afterG = 0;

  function walk(step) {
    const rows = all("[data-row]").filter((row) => row.offsetParent !== null);
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest("[data-row]"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
    next.tabIndex = -1;
    next.focus();
  }

  function openRow() {
    const row = document.activeElement.closest("[data-row]");
    const link = row === document.activeElement && one("a", row);
    if (link) link.click();
    return Boolean(link);
  }

  /** The cell to mend nearest to where one is: in or below the focused row, else the first. */
  function mendCell() {
    const fields = all(".remedy-in input[name='value']");
    const row = document.activeElement.closest("[data-row]");
    const below = (field) => row.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING;
    const field = (row && fields.find(below)) || fields[0];
    field.focus();
    field.select();
  }

  const single = {
    "/": () => one("#search").focus(),
    "?": () => one("#keys").showModal(),
    u: () => one("[data-key='u']").click(),
    g: () => { afterG = Date.now(); },
    j: () => walk(1),
    k: () => walk(-1),
    e: mendCell,
    i: () => (one("[data-passport]", document.activeElement.closest(".kpi, tr, .card") || document)).click(),
  };

  function escape() {
    const pop = one("#pop[open]");
    const menu = one("details.menu[open]");
    if (pop) pop.close();
    else if (menu) {
      menu.open = false;
      one("summary", menu).focus();
    } else closeSheet();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return escape();
    const typing = event.target.matches("input, textarea, select, [contenteditable]");
    const covered = one("#keys[open], #pop.sheet-up[open]"); // what lies below does not hear keys
    if (typing || covered || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys !== "on") return;
    if (event.key === "Enter") {
      if (openRow()) event.preventDefault();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key; // Caps Lock may be on
    if (Date.now() - afterG < 1500 && key !== "g") {
      afterG = 0;
      const entry = one(`[data-key="${CSS.escape(key)}"]`); // a page that is not there has no key
      if (entry) {
        event.preventDefault();
        entry.click();
      }
      return;
    }
    if (single[key]) {
      event.preventDefault();
      try {
        single[key]();
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // the page has no such part
      }
    }
  });

  /* ---- A file that the server would refuse unread is refused here, where what was typed stays ---- */
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset.largest) return;
    const size = target.files[0] ? target.files[0].size : 0;
    target.setCustomValidity(size > Number(target.dataset.largest) ? target.dataset.tooLarge : "");
    target.reportValidity();
  });

  /* ---- What lies below the first screen may wait for the page, and the page does not wait for it ---- */
  window.addEventListener("load", () => window.requestIdleCallback(() => {
    for (const part of all(".lazy")) part.classList.remove("lazy");
  }));

  /* ---- The network is gone: say so, keep what was typed; htmx and the drop zone try again ---- */
  window.addEventListener("offline", () => { document.body.classList.add("offline"); });
  window.addEventListener("online", () => { document.body.classList.remove("offline"); });

  for (const part of all("[data-script]")) part.hidden = false;
  const alarm = one("[data-focus-on-load]");
  if (alarm) alarm.focus();
})();
