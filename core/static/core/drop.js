/* The drop zone: the whole window takes files, each goes up by itself with its progress; pasted cells are shown first.
   Without this script the same forms take files and text. */
"use strict";

(() => {
  const zone = () => document.querySelector("[data-drop]"); // looked up: an answer on the page swaps it
  const form = zone();
  if (!form) return;
  const words = form.dataset;
  const list = document.getElementById("file-list");
  const waiting = [];
  const AT_ONCE = 2;
  const chunk = () => Number(words.chunk); // bytes; a larger file goes up in chunks, and on behind them after a cut
  const RETRIES = [2000, 5000, 15000, 30000, 60000]; // ms; a line that is gone longer is said to be gone
  let running = 0;

  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  function element(tag, css, text) {
    const made = document.createElement(tag);
    if (css) made.className = css;
    if (text) made.textContent = text;
    return made;
  }

  /** A row for a file that the server does not know yet; the server's own row takes its place. */
  function rowOf(file) {
    const row = element("li", "file");
    const middle = element("div");
    const extension = file.name.includes(".") ? file.name.split(".").pop().slice(0, 5) : "";
    const bar = element("progress", "progress");
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    middle.append(element("h3", "loose", file.name), element("p", "sub", size(file.size)), bar);
    const acts = element("div", "acts");
    const cancel = element("button", "btn btn-small", words.cancel);
    cancel.type = "button";
    acts.append(cancel);
    row.append(element("span", "ext", extension), middle, element("p", "outcome", words.waiting), acts);
    const nothing = list.querySelector(".nothing");
    if (nothing) nothing.remove();
    list.prepend(row);
    return { row, bar, cancel, outcome: row.querySelector(".outcome"), sub: row.querySelector(".sub") };
  }

  function take(files) {
    if (!list) { // the small zone of another page: send as a form, go on where the answer leads
      const small = zone();
      if (!small || !files.length) return;
      const box = new DataTransfer();
      for (const file of files) box.items.add(file);
      small.querySelector("input[type=file]").files = box.files;
      small.submit();
      return;
    }
    for (const file of files) {
      const shown = rowOf(file);
      if (file.size > Number(words.limit)) {
        shown.bar.remove();
        shown.cancel.remove();
        shown.outcome.className = "outcome bad";
        shown.outcome.textContent = words.large.replace("{size}", size(file.size)).replace("{limit}", size(Number(words.limit)));
      } else waiting.push({ file, shown });
    }
    next();
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(waiting.shift(), 0);
    }
  }

  function done() {
    running -= 1;
    next();
  }

  function send(job, attempt) {
    const { file, shown } = job;
    if (file.size > chunk()) return sendInChunks(job);
    const body = new FormData(form);
    body.delete("files");
    body.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => arrived(job, event.loaded);
    shown.outcome.textContent = words.sending;
    shown.cancel.onclick = () => { request.abort(); shown.row.remove(); done(); };
    request.onload = () => {
      if (request.status >= 500) return again(job, attempt);
      replace(job, request.responseText);
      done();
    };
    request.onerror = () => again(job, attempt);
    request.send(body);
  }

  function arrived({ file, shown }, bytes) {
    shown.bar.value = Math.min(bytes, file.size);
    shown.sub.textContent = `${size(Math.min(bytes, file.size))} / ${size(file.size)}`;
  }

  /** Put the server's row of a file in the place of ours. */
  function replace({ shown }, html) {
    shown.row.insertAdjacentHTML("afterend", html);
    const row = shown.row.nextElementSibling;
    shown.row.remove();
    if (row) window.htmx.process(row);
  }

  function giveUp({ shown }, said) {
    shown.outcome.className = "outcome bad";
    shown.outcome.textContent = said;
    done();
  }

  function again(job, attempt) {
    const { shown } = job;
    if (attempt >= RETRIES.length) return giveUp(job, words.lost);
    shown.outcome.textContent = words.again;
    setTimeout(() => send(job, attempt + 1), RETRIES[attempt]);
  }

  /* ---- Large files: announced, sent in chunks; what arrived before a cut, or before the page was left, stays ---- */
  const pause = (ms) => new Promise((go) => { setTimeout(go, ms); });

  /** Ask the server; the answer of whatever status, or an error where none came. */
  function ask(job, method, url, body, headers = {}, onprogress = null) {
    return new Promise((answered, failed) => {
      const request = new XMLHttpRequest();
      job.request = request;
      request.open(method, url);
      request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (onprogress) request.upload.onprogress = onprogress;
      request.onload = () => (request.status >= 500 ? failed(new Error(request.status)) : answered(request));
      request.onerror = () => failed(new Error("cut"));
      request.onabort = () => failed(new Error("cancelled"));
      request.send(body);
    });
  }

  const told = (request) => JSON.parse(request.responseText);

  /** What the server has of a file: found by what was noted when it was begun, else announced now. */
  async function begun(job) {
    const { file } = job;
    const noted = `chunked:${file.name}:${file.size}:${file.lastModified}`;
    job.forget = () => localStorage.removeItem(noted);
    const id = localStorage.getItem(noted);
    if (id) {
      const known = await ask(job, "GET", `${words.chunks}${id}/`);
      if (known.status === 200 && told(known).upload === null) return told(known);
      job.forget();
    }
    const announced = JSON.stringify({ file_name: file.name, size: file.size });
    const made = await ask(job, "POST", words.chunks, announced, { "Content-Type": "application/json" });
    if (made.status !== 201) throw new Refusal(told(made).errors[0].detail);
    localStorage.setItem(noted, told(made).id);
    return told(made);
  }

  class Refusal extends Error {}

  async function sendRest(job) {
    const { file, shown } = job;
    const known = await begun(job);
    job.id = known.id;
    if (known.received) shown.outcome.textContent = words.goesOn;
    for (let offset = known.received; offset < file.size;) {
      const from = offset;
      arrived(job, from);
      const sent = await ask(job, "PATCH", `${words.chunks}${known.id}/`, file.slice(from, from + chunk()),
        { "Content-Type": "application/octet-stream", "Upload-Offset": from }, (event) => arrived(job, from + event.loaded));
      if (sent.status !== 200) throw new Error(sent.status); // asked anew what is there
      offset = told(sent).received;
      job.failures = 0;
    }
    const body = new FormData(form);
    body.delete("files");
    body.append("chunked", known.id);
    const taken = await ask(job, "POST", form.action, body, { "HX-Request": "true" });
    if (taken.status !== 200) throw new Error(taken.status);
    job.forget();
    replace(job, taken.responseText);
  }

  async function sendInChunks(job) {
    const { shown } = job;
    let cancelled = false;
    shown.outcome.textContent = words.sending;
    shown.cancel.onclick = () => {
      cancelled = true;
      job.request.abort();
      shown.row.remove();
      if (job.id) ask(job, "DELETE", `${words.chunks}${job.id}/`).then(job.forget, () => {}); // else it is swept in two days
    };
    for (job.failures = 0; !cancelled;) {
      try {
        await sendRest(job);
        break;
      } catch (trouble) {
        if (cancelled) break;
        if (trouble instanceof Refusal) return giveUp(job, trouble.message);
        if (job.failures >= RETRIES.length) return giveUp(job, words.lost);
        shown.outcome.textContent = words.again;
        await pause(RETRIES[job.failures]);
        job.failures += 1;
      }
    }
    done();
  }

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-drop] input[type=file]")) return;
    take(Array.from(target.files));
    if (list) target.value = "";
  });

  /* ---- The whole window takes drops ---- */
  const hasFiles = (event) => event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
  window.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("over");
  });
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
  window.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("over");
    take(Array.from(event.dataTransfer.files));
  });

  /* ---- Paste: anywhere outside a field; shown as a table before it is sent ---- */
  const pasted = document.getElementById("pasted");
  document.addEventListener("paste", (event) => {
    if (event.target.matches("input, textarea")) return;
    const files = Array.from(event.clipboardData.files);
    if (files.length) return take(files);
    const text = event.clipboardData.getData("text/plain");
    if (!text.trim()) return;
    if (!pasted) { window.location.assign(`${words.list}#paste`); return; }
    event.preventDefault();
    pasted.value = text;
    preview();
    pasted.closest(".card").scrollIntoView({ block: "nearest" });
    document.querySelector("#paste-form .btn-primary").focus();
  });

  function preview() {
    const box = document.getElementById("paste-preview");
    const rows = pasted.value.replace(/\r/g, "").split("\n").filter((line) => line.trim()).map((line) => line.split("\t"));
    const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
    box.hidden = columns < 2;
    document.getElementById("paste-size").textContent = columns < 2 ? "" :
      pasted.dataset.size.replace("{rows}", rows.length).replace("{columns}", columns);
    const table = element("table", "sheet");
    for (const cells of rows.slice(0, 8)) {
      const line = table.insertRow();
      for (let i = 0; i < columns; i += 1) line.insertCell().textContent = cells[i] || "";
    }
    box.replaceChildren(table);
  }

  if (pasted) {
    pasted.addEventListener("input", preview);
    document.getElementById("paste-form").addEventListener("reset", () => setTimeout(preview));
    for (const link of document.querySelectorAll("[data-paste]")) link.addEventListener("click", () => setTimeout(() => pasted.focus()));
  }
})();
