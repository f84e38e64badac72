/* Points of a chart that the server drew: a bubble with the words of the one under the pointer or in focus,
   arrow keys from one to the next. Without this script each is a link in the order of the keyboard. */
"use strict";

(() => {
  for (const plot of document.querySelectorAll(".plot-area")) {
    const points = [...plot.querySelectorAll("[data-point]")];
    const doors = points.filter((point) => point.matches("a"));
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.hidden = true;
    bubble.setAttribute("aria-hidden", "true");
    plot.append(bubble);

    const show = (point) => {
      bubble.textContent = point.dataset.point;
      bubble.hidden = false;
      const area = plot.getBoundingClientRect();
      const mark = point.querySelector("circle").getBoundingClientRect();
      const left = mark.left - area.left + mark.width / 2 - bubble.offsetWidth / 2;
      const above = mark.top - area.top - bubble.offsetHeight - 8;
      bubble.style.left = `${Math.max(-44, Math.min(left, area.width + 16 - bubble.offsetWidth))}px`;
      bubble.style.top = `${above < -20 ? mark.bottom - area.top + 8 : above}px`;
    };
    const hide = () => { bubble.hidden = true; };

    for (const point of points) {
      point.addEventListener("pointerenter", () => show(point));
      point.addEventListener("pointerleave", hide);
      point.addEventListener("focus", () => show(point));
      point.addEventListener("blur", hide);
    }
    // One stop for the tab key, the latest; arrows walk from there.
    doors.slice(0, -1).forEach((door) => door.setAttribute("tabindex", "-1"));
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = step && doors[doors.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }
})();
